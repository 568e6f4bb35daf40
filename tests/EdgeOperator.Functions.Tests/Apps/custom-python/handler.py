#!/usr/bin/env python3
"""A custom handler whose functions behave and misbehave by their names."""
import http.server
import json
import os
import signal
import socketserver
import subprocess
import sys
import time

HELD = []


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        self.answer()

    def do_POST(self):
        self.answer()

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        name = self.path.split("?")[0].strip("/").replace("api/", "").lower()
        getattr(self, "on_" + name, self.on_missing)(body)

    def send(self, status, content, kind="application/json"):
        data = content if isinstance(content, bytes) else content.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def give(self, value, logs=()):
        self.send(200, json.dumps({
            "Outputs": {"res": {"statusCode": 201, "headers": {"X-From": "python"}, "body": value}, "out": value},
            "Logs": list(logs),
            "ReturnValue": value,
        }))

    def on_(self, body):
        self.send(404, "", "text/plain")

    def on_missing(self, body):
        self.send(404, "no such function", "text/plain")

    def on_echo(self, body):
        self.give(json.loads(body), ["one", "two"])

    def on_headers(self, body):
        self.give({k.lower(): v for k, v in self.headers.items()})

    def on_environment(self, body):
        self.give(dict(os.environ, CWD=os.getcwd()))

    def on_pid(self, body):
        self.give(os.getpid())

    def on_crash(self, body):
        print("about to crash", file=sys.stderr, flush=True)
        os._exit(3)

    def on_killed(self, body):
        os.kill(os.getpid(), signal.SIGKILL)

    def on_hang(self, body):
        time.sleep(600)

    def on_slow(self, body):
        time.sleep(0.3)
        self.give(os.getpid())

    def on_hog(self, body):
        HELD.append(bytearray(os.urandom(1024)) * (96 * 1024))
        self.give(os.getpid())

    def on_child(self, body):
        self.give(subprocess.Popen(["sleep", "600"]).pid)

    def on_print(self, body):
        print("a line", flush=True)
        print("warning: a line", file=sys.stderr, flush=True)
        print("x" * 40000, file=sys.stderr, flush=True)
        self.give(None)

    def on_broken(self, body):
        self.send(200, '{"Outputs": ')

    def on_text(self, body):
        self.send(200, '{"Outputs": {}}', "text/plain")

    def on_list(self, body):
        self.send(200, "[1]")

    def on_empty(self, body):
        self.send(200, "")

    def on_wrong(self, body):
        self.send(200, '{"Outputs": [1], "Logs": "no"}')

    def on_twice(self, body):
        self.send(200, '{"Outputs": {"a": 1, "a": 2}}')

    def on_failing(self, body):
        self.send(500, "it went wrong", "text/plain")

    def on_hangup(self, body):
        self.close_connection = True
        self.connection.close()

    def on_flaky(self, body):
        count = len(HELD)
        HELD.append(None)
        retry = json.loads(body)["Metadata"].get("RetryContext")
        self.send(200, json.dumps({"ReturnValue": retry})) if count >= 2 else self.send(500, "not yet")

    def on_traced(self, body):
        self.send(200, self.headers["traceparent"] or "", "text/plain")

    def on_plain(self, body):
        self.send(200, b"plain " + body, "text/plain")


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 1024


class SocketHandler(Handler):
    disable_nagle_algorithm = False


class SocketServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    pass


if __name__ == "__main__":
    if os.environ.get("LISTEN") == "socket":
        SocketServer(os.environ["EDGEOP_CUSTOMHANDLER_SOCKET"], SocketHandler).serve_forever()
    else:
        Server(("127.0.0.1", int(os.environ["FUNCTIONS_CUSTOMHANDLER_PORT"])), Handler).serve_forever()
