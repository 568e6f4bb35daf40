#!/usr/bin/env python3
"""Photographs pages of the portal with Chromium, over the pipe of its DevTools protocol (https://chromedevtools.github.io/devtools-protocol/).

screenshots.py BROWSER PORTAL USER FOLDER PREFIX PAGE...: reads the password from standard input, and writes FOLDER/PREFIX-PAGE-WIDTH.png of each
page at 1440 and 390 pixels. A page is NAME=PATH, below the portal. What the page's console complains of is an error.
"""
import base64
import fcntl
import json
import os
import select
import subprocess
import sys
import tempfile
import time

BROWSER, PORTAL, USER, FOLDER, PREFIX = sys.argv[1:6]
PAGES = [page.split("=", 1) for page in sys.argv[6:]]
WIDTHS = (1440, 390)
LIMIT = 60


class Browser:
    def __init__(self, profile):
        commands, self.commands = os.pipe()
        self.answers, answers = os.pipe()
        self.sent, self.buffer, self.events, self.session = 0, b"", [], None

        def give():
            # Above those that they are to become, so that none is overwritten.
            mine = [fcntl.fcntl(number, fcntl.F_DUPFD, 10) for number in (commands, answers)]
            os.dup2(mine[0], 3)
            os.dup2(mine[1], 4)

        options = ["--headless", "--remote-debugging-pipe", "--ignore-certificate-errors", "--disable-gpu", "--no-first-run", f"--user-data-dir={profile}"]
        if os.geteuid() == 0:
            options.append("--no-sandbox")
        self.process = subprocess.Popen([BROWSER, *options], preexec_fn=give, pass_fds=(3, 4), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(commands)
        os.close(answers)
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(domain + ".enable")

    def call(self, method, **parameters):
        self.sent += 1
        message = {"id": self.sent, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == self.sent:
                if "error" in answer:
                    sys.exit(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def read(self):
        deadline = time.monotonic() + LIMIT
        while b"\0" not in self.buffer:
            if not select.select([self.answers], [], [], max(0, deadline - time.monotonic()))[0]:
                sys.exit("the browser does not answer")
            part = os.read(self.answers, 1 << 20)
            if not part:
                sys.exit("the browser has ended")
            self.buffer += part
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def wait_until(self, condition):
        deadline = time.monotonic() + LIMIT
        while not self.evaluate(condition):
            if time.monotonic() > deadline:
                sys.exit(f"it did not come true in time: {condition}")
            time.sleep(0.1)
        for event in self.events:
            if event.get("method") == "Log.entryAdded" and event["params"]["entry"]["level"] == "error":
                sys.exit(f"the page complains: {event['params']['entry']['text']}")
        self.events.clear()

    def go(self, path):
        self.events.clear()

        # The page before does not know what is said of this one.
        self.evaluate("window.isBefore = true")
        failure = self.call("Page.navigate", url=f"{PORTAL}/{path}" if path else PORTAL).get("errorText")
        if failure:
            sys.exit(f"{path} can't be had: {failure}")
        self.wait_until("!window.isBefore && document.readyState === 'complete'")

    def evaluate(self, script):
        return self.call("Runtime.evaluate", expression=script, returnByValue=True)["result"].get("value")

    def sign_in(self, password):
        self.go("sign-in")
        self.evaluate(f"""(() => {{
            document.querySelector('[name="Form.User"]').value = {json.dumps(USER)};
            document.querySelector('[name="Form.Password"]').value = {json.dumps(password)};
            document.querySelector('[name="Form.Password"]').form.requestSubmit();
        }})()""")
        self.wait_until("document.querySelector('.who') !== null && document.readyState === 'complete'")

    def photograph(self, name, path):
        for width in WIDTHS:
            self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 800)
            self.go(path)
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            if size["width"] > width:
                sys.exit(f"{name} is wider than {width} pixels")
            image = self.call("Page.captureScreenshot", captureBeyondViewport=True, clip={"x": 0, "y": 0, "width": width, "height": size["height"], "scale": 1})
            file = os.path.join(FOLDER, f"{PREFIX}-{name}-{width}.png")
            with open(file, "wb") as picture:
                picture.write(base64.b64decode(image["data"]))
            print(file, flush=True)

    def end(self):
        os.close(self.commands)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
    browser = Browser(folder)
    try:
        browser.sign_in(sys.stdin.readline().rstrip("\n"))
        for page in PAGES:
            browser.photograph(*page)
    finally:
        browser.end()
