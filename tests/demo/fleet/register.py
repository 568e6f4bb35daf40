#!/usr/bin/env python3
"""register.py CONNECTION-STRING CA-FILE COUNT: makes devices at a hub, with labels, and prints `name key` of each."""
import base64
import hashlib
import hmac
import http.client
import json
import ssl
import sys
import time
import urllib.parse

parts = dict(part.split("=", 1) for part in sys.argv[1].split(";"))
host = parts["HostName"]


def call(method, path, body):
    expiry = int(time.time()) + 600
    key = base64.b64decode(parts["SharedAccessKey"])
    signature = base64.b64encode(hmac.new(key, f"{host}\n{expiry}".encode(), hashlib.sha256).digest())
    token = f"SharedAccessSignature sr={host}&sig={urllib.parse.quote(signature, safe='')}&se={expiry}&skn={parts['SharedAccessKeyName']}"
    connection = http.client.HTTPSConnection(host, 443, timeout=20, context=ssl.create_default_context(cafile=sys.argv[2]))
    connection.request(method, path, json.dumps(body), {"Authorization": token, "Content-Type": "application/json"})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    if answer.status != 200:
        sys.exit(f"{method} {path}: {answer.status} {content.decode()}")
    return json.loads(content)


for number in range(1, int(sys.argv[3]) + 1):
    name = f"till-{number:02}"
    made = call("PUT", f"/devices/{name}?api-version=2021-04-12", {"deviceId": name})
    labels = {"role": "till", "store": ("north", "south", "east")[number % 3]}
    if number == 1:
        labels["ring"] = "canary"
    call("PATCH", f"/api/v1/devices/{name}/labels", labels)
    print(name, made["authentication"]["symmetricKey"]["primaryKey"], flush=True)
