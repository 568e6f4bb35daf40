using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests.Support;

/// <summary>A function app named <c>hello</c>: a custom handler in a script that answers with its version.</summary>
internal static class SampleApp
{
    private const string Handler = """
        #!/usr/bin/env python3
        import http.server, os, time

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1

            def do_GET(self):
                time.sleep(0.02)
                words = os.environ.get(self.path.rpartition("=")[2], "") if "?" in self.path else "VERSION"
                if self.path.endswith("?uid"):
                    words = str(os.getuid())
                body = words.encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

            def log_message(self, *_):
                pass

        http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["FUNCTIONS_CUSTOMHANDLER_PORT"])), Handler).serve_forever()

        """;

    /// <param name="version">What the app answers.</param>
    /// <param name="spec">Further lines of the manifest's spec.</param>
    public static (string Path, string Content)[] Files(string version, int port, string spec = "") =>
    [
        ("app.yaml", Manifests.FunctionApp("hello", "app", $"http: {{port: {port}}}\n{spec}")),
        ("app/host.json", """{"version": "2.0", "customHandler": {"description": {"defaultExecutablePath": "handler.py"}, "enableForwardingHttpRequest": true}}"""),
        ("app/handler.py", Handler.Replace("VERSION", version, StringComparison.Ordinal)),
        ("app/hello/function.json", """{"bindings": [{"type": "httpTrigger", "direction": "in", "name": "req", "authLevel": "anonymous"}, {"type": "http", "direction": "out", "name": "res"}]}"""),
    ];
}
