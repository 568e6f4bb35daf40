#!/usr/bin/env python3
"""Simulated devices: each speaks to the hub as an agent does, by MQTT 3.1.1 over TLS and by HTTPS, and reports what it makes of a fleet's artifacts.

devices.py HOST CA-FILE FOLDER: reads `name key` lines from standard input. A device whose name is a file in FOLDER is offline while that is there.
It sends snapshots of itself, so that the hub can plan for it: its one file is the banner that the artifact has.
An artifact with the word "broken" in it fails the health gate, and the device goes back by itself.
"""
import base64
import datetime
import gzip
import hashlib
import hmac
import http.client
import io
import json
import os
import re
import socket
import ssl
import struct
import sys
import tarfile
import threading
import time
import urllib.parse

HOST, CA, FOLDER = sys.argv[1:4]


def text(value):
    data = value.encode()
    return struct.pack(">H", len(data)) + data


def packet(first, body):
    length, digits = len(body), b""
    while True:
        length, digit = divmod(length, 128)
        digits += bytes([digit | (0x80 if length else 0)])
        if not length:
            return bytes([first]) + digits + body


class Device:
    def __init__(self, name, key):
        self.name, self.key = name, base64.b64decode(key)
        self.applied = None
        self.failed = None
        self.banner = None
        self.lock = threading.Lock()

    def token(self):
        resource = urllib.parse.quote(f"{HOST}/devices/{self.name}", safe="")
        expiry = int(time.time()) + 3600
        signature = base64.b64encode(hmac.new(self.key, f"{resource}\n{expiry}".encode(), hashlib.sha256).digest())
        return f"SharedAccessSignature sr={resource}&sig={urllib.parse.quote(signature, safe='')}&se={expiry}"

    def is_away(self):
        return os.path.exists(os.path.join(FOLDER, self.name))

    def run(self):
        while True:
            try:
                if not self.is_away():
                    self.connect()
            except (OSError, ValueError, struct.error) as error:
                print(f"{self.name}: {error}", flush=True)
            time.sleep(0.5)

    def connect(self):
        context = ssl.create_default_context(cafile=CA)
        with context.wrap_socket(socket.create_connection((HOST, 8883), timeout=20), server_hostname=HOST) as self.stream:
            login = text("MQTT") + bytes([4, 0xC2]) + struct.pack(">H", 60)
            self.send(packet(0x10, login + text(self.name) + text(f"{HOST}/{self.name}/?api-version=2021-04-12") + text(self.token())))
            if self.receive()[1][-1] != 0:
                raise ValueError("the hub refuses the device")
            topics = ("$iothub/twin/PATCH/properties/desired/#", "$iothub/twin/res/#")
            self.send(packet(0x82, struct.pack(">H", 1) + b"".join(text(topic) + b"\1" for topic in topics)))
            self.report(None)
            self.send_snapshot()
            self.ask()
            self.stream.settimeout(1)
            pinged = time.monotonic()
            while not self.is_away():
                if time.monotonic() - pinged > 20:
                    self.send(packet(0xC0, b""))
                    pinged = time.monotonic()
                try:
                    first, body = self.receive()
                except (socket.timeout, ssl.SSLWantReadError):
                    continue
                if first >> 4 == 3:
                    self.handle(body)
            self.send(packet(0xE0, b""))

    def handle(self, body):
        length = struct.unpack(">H", body[:2])[0]
        topic, payload = body[2:2 + length].decode(), body[2 + length:]
        if topic.startswith("$iothub/twin/PATCH/"):
            self.ask()
        elif topic.startswith("$iothub/twin/res/200/?$rid=get"):
            desired = json.loads(payload).get("desired", {})
            artifact = desired.get("edgeoperator", {}).get("sources", {}).get("fleet")
            if artifact:
                self.follow(artifact["revision"], artifact["digest"])

    def follow(self, revision, digest):
        wanted = {"revision": revision, "digest": digest}
        if wanted in (self.applied, self.failed):
            if wanted == self.applied and self.failed:
                self.report(None)
            return
        content = self.download(digest)
        time.sleep(1)
        if b"broken" in gzip.decompress(content):
            self.report(wanted)
        else:
            self.applied = wanted
            self.banner = self.banner_of(content)
            self.report(None)
            self.send_snapshot()

    @staticmethod
    def banner_of(content):
        with tarfile.open(fileobj=io.BytesIO(content)) as package:
            text = b"".join(package.extractfile(member).read() for member in package if member.isfile()).decode()
        return re.search(r'content: "([^"]*)"', text).group(1)

    def send_snapshot(self):
        """As an agent without a container engine sees itself: no containers, and its file if there is one."""
        files = {}
        if self.banner is not None:
            digest = hashlib.sha256(self.banner.encode()).hexdigest()
            files["/tmp/banner"] = {"path": "/tmp/banner", "exists": True, "contentHash": digest, "mode": 0o644, "ownerMatches": True, "writtenFor": "ConfigFile/banner"}
        snapshot = {
            "version": 1, "agent": "simulated", "device": {"name": self.name, "labels": {}, "vars": {}}, "hiddenVars": [], "now": datetime.datetime.now(datetime.timezone.utc).isoformat(),
            "engine": {"containers": [], "images": {}, "pulledImages": [], "networks": [], "ownedNetworks": [], "volumes": []},
            "files": files, "apps": {}, "machines": {}, "guestEngines": {}, "parts": {},
            "inventory": {
                "committed": True, "isFetchingNext": False, "lastGood": {}, "lastGoodDisks": {}, "fetched": [], "pinnedImages": {}, "collectableImages": [], "collectableGuestImages": {},
                "suspended": [], "retained": [], "backOff": {},
            },
        }
        while True:
            connection = http.client.HTTPSConnection(HOST, 443, timeout=20, context=ssl.create_default_context(cafile=CA))
            connection.request("PUT", f"/api/v1/devices/{self.name}/snapshot", gzip.compress(json.dumps(snapshot).encode()), {"Authorization": self.token()})
            answer = connection.getresponse()
            content = answer.read()
            connection.close()
            if answer.status == 204:
                return
            if answer.status != 429:
                raise ValueError(f"the snapshot is refused: {answer.status} {content.decode()}")
            time.sleep(1)

    def download(self, digest):
        connection = http.client.HTTPSConnection(HOST, 443, timeout=20, context=ssl.create_default_context(cafile=CA))
        connection.request("GET", f"/api/v1/artifacts/{digest.removeprefix('sha256:')}", headers={"Authorization": self.token()})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        if answer.status != 200 or "sha256:" + hashlib.sha256(content).hexdigest() != digest:
            raise ValueError(f"the artifact {digest} can't be had: {answer.status}")
        return content

    def report(self, failed):
        self.failed = failed
        artifact = {"applied": self.applied, "failed": dict(failed, message="web is unhealthy") if failed else None}
        ready = {"status": "False" if failed else "True", "reason": "HealthGateFailed" if failed else "AllReady", "message": "web is unhealthy" if failed else ""}
        report = {"agentVersion": "simulated", "artifacts": {"fleet": artifact}, "conditions": {"Ready": ready}, "counts": {"resources": 1, "ready": 1}}
        self.publish("$iothub/twin/PATCH/properties/reported/?$rid=1", json.dumps({"edgeoperator": report}))

    def ask(self):
        self.publish("$iothub/twin/GET/?$rid=get", "")

    def publish(self, topic, payload):
        self.send(packet(0x30, text(topic) + payload.encode()))

    def send(self, data):
        with self.lock:
            self.stream.sendall(data)

    def receive(self):
        first = self.exactly(1)[0]
        self.stream.settimeout(20)
        length, shift = 0, 0
        while True:
            digit = self.exactly(1)[0]
            length |= (digit & 0x7F) << shift
            shift += 7
            if not digit & 0x80:
                break
        body = self.exactly(length)
        self.stream.settimeout(1)
        return first, body

    def exactly(self, count):
        data = b""
        while len(data) < count:
            part = self.stream.recv(count - len(data))
            if not part:
                raise OSError("the hub has ended the connection")
            data += part
        return data


for line in sys.stdin:
    threading.Thread(target=Device(*line.split()).run, daemon=True).start()
print("all devices run", flush=True)
threading.Event().wait()
