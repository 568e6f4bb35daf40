using EdgeOperator.Core.Protocol.Functions;

namespace EdgeOperator.Functions.Tests.Hosting.Real;

/// <summary>A custom handler in Python: <c>GET /api/hello</c> forwarded, and a queue function from <c>work</c> to <c>done</c>.</summary>
internal static class ScriptApp
{
    private const string Host = """
        {
          "version": "2.0",
          "customHandler": {
            "description": { "defaultExecutablePath": "python3", "arguments": ["handler.py"] },
            "enableForwardingHttpRequest": true
          },
          "extensions": { "queues": { "maxPollingInterval": "00:00:00.1" } }
        }
        """;

    private const string Hello = """
        { "bindings": [
          { "type": "httpTrigger", "direction": "in", "name": "req", "authLevel": "anonymous" },
          { "type": "http", "direction": "out", "name": "res" } ] }
        """;

    private const string Work = """
        { "bindings": [
          { "type": "queueTrigger", "direction": "in", "name": "item", "queueName": "work" },
          { "type": "queue", "direction": "out", "name": "done", "queueName": "done" } ] }
        """;

    private const string Tick = """
        { "bindings": [ { "type": "timerTrigger", "direction": "in", "name": "timer", "schedule": "* * * * * *" },
          { "type": "queue", "direction": "out", "name": "ticks", "queueName": "ticks" } ] }
        """;

    private const string Handler = """
        import json, os, time
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self.answer(("VERSION " + str(os.getpid())).encode(), "text/plain")

            def do_POST(self):
                body = self.read()
                if self.path == "/work":
                    item = json.loads(json.loads(body)["Data"]["item"])
                    if "DIARY" in os.environ:
                        time.sleep(0.1)
                        with open(os.environ["DIARY"], "a") as diary:
                            diary.write(item + "\n")
                    self.answer(json.dumps({"Outputs": {"done": "VERSION did " + item}, "Logs": ["worked on " + item]}).encode(), "application/json")
                elif self.path == "/tick":
                    self.answer(b'{"Outputs": {"ticks": "tick"}}', "application/json")
                else:
                    self.answer(body, "application/octet-stream")

            def read(self):
                if self.headers.get("Transfer-Encoding") != "chunked":
                    return self.rfile.read(int(self.headers.get("Content-Length") or 0))
                body = b""
                while size := int(self.rfile.readline() or b"0", 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return body

            def answer(self, body, kind):
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 1024

        Server(("127.0.0.1", int(os.environ["FUNCTIONS_CUSTOMHANDLER_PORT"])), Handler).serve_forever()
        """;

    public static AppRequest Write(FunctionsHost host, string version, bool withTimer = false)
    {
        (string Name, string Content)[] files =
        [
            ("host.json", Host),
            ("hello/function.json", Hello),
            ("work/function.json", Work),
            ("handler.py", Handler.Replace("VERSION", version, StringComparison.Ordinal)),
        ];
        return new()
        {
            App = "script",
            Generation = version,
            Folder = host.App($"app-{version}", withTimer ? [.. files, ("tick/function.json", Tick)] : files),
            Port = host.Port,
        };
    }
}
