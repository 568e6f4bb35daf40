import json, os, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse


def run(what, id):
    notes = os.path.join(os.environ["NOTES"], id)
    with open(notes, "a") as file:
        file.write("run\n")
    if what == "throw":
        raise ValueError("thrown on purpose")
    while what == "hang" or (what == "wait" and not os.path.exists(notes + ".go")):
        time.sleep(0.02)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    # The host asks for / until something answers; functions are forwarded to as they are called.
    def do_GET(self):
        url = urlparse(self.path)
        query = parse_qs(url.query)
        self.answer(lambda: run(query["do"][0], query["call"][0]) if url.path == "/api/mx/http" else None)

    def do_POST(self):
        data = json.loads(self.body())["Data"]
        if self.path == "/mx-http-out":
            self.answer(lambda: run(data["req"]["Query"]["do"], data["req"]["Query"]["call"]), {"res": {"statusCode": 200}, "out": "done"})
        else:
            order = data["order"]
            while isinstance(order, str):
                order = json.loads(order)
            self.answer(lambda: run(order["Do"], order["Call"]), {"out": "done"} if self.path == "/mx-queue-out" else {})

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
            status, body = 200, json.dumps({"Outputs": outputs}).encode() if outputs is not None else b""
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
