import json, os, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

NOTES = os.environ["NOTES"]


def run(what, id, note, value):
    if what == "peek":
        return
    with open(os.path.join(NOTES, note), "a") as file:
        file.write(f"ran with {value}\n")
    if what == "throw":
        raise ValueError("thrown on purpose")
    while what == "hang" or (what == "wait" and not os.path.exists(os.path.join(NOTES, id[:8] + ".go"))):
        time.sleep(0.02)


def plain(value):
    while isinstance(value, str) and value[:1] in '"{':
        value = json.loads(value)
    return value


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    # The host asks for / until something answers; functions are forwarded to as they are called.
    def do_GET(self):
        url = urlparse(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        self.answer(lambda: run(query["do"], query["call"], query["call"], "nothing") if url.path == "/api/mx/http/none" else None)

    # /mx-TRIGGER-FURTHER
    def do_POST(self):
        call = json.loads(self.body())
        data = call["Data"]
        _, trigger, further = self.path.split("-")
        value = "nothing"
        if further == "blobin":
            value = plain(data["text"]) if data.get("text") not in (None, "null") else "null"
        if further == "tablein":
            value = plain(data["row"])["Text"] if data.get("row") not in (None, "null") else "null"
        if trigger == "http":
            query = data["trigger"]["Query"]
            what, id = query["do"], query["call"]
        elif trigger == "queue":
            order = plain(data["trigger"])
            what, id = order["Do"], order["Call"]
        elif trigger == "blob":
            what, id = plain(data["trigger"]), plain(call["Metadata"]["call"])
        else:
            what, id = os.environ["TIMER_DO"], os.environ["CALL"]
        note = f"{id}-{further}" if trigger == "timer" else id
        out = {"PartitionKey": "p", "RowKey": id, "Text": "done"} if further == "tableout" else "done"
        outputs = {"out": out} if further.endswith("out") else {}
        if trigger == "http":
            outputs["res"] = {"statusCode": 200, "body": value}
        self.answer(lambda: run(what, id, note, value), outputs)

    def body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline() or b"0", 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def answer(self, work, outputs=None):
        try:
            work()
            status, body = 200, json.dumps({"Outputs": outputs}).encode() if outputs is not None else b"nothing"
        except ValueError:
            status, body = 500, b""
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


Server(("127.0.0.1", int(os.environ["FUNCTIONS_CUSTOMHANDLER_PORT"])), Handler).serve_forever()
