using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.Tests.Hosting.Real;
using EdgeOperator.Functions.Tests.Node;

namespace EdgeOperator.Functions.Tests.Security;

/// <summary>An app whose worker writes down every request that it reads, also those that are for no function.</summary>
internal sealed class WitnessApp(FunctionsHost host)
{
    private const string Python = """
        import json, os
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def __getattr__(self, name):
                if name.startswith("do_"):
                    return self.note
                raise AttributeError(name)

            def note(self):
                with open(os.environ["NOTES"], "a") as notes:
                    notes.write(json.dumps({"target": self.path, "case": self.headers.get("X-Case"), "headers": [k.lower() for k in self.headers.keys()]}) + "\n")
                if self.headers.get("Transfer-Encoding") == "chunked":
                    while size := int(self.rfile.readline() or b"0", 16):
                        self.rfile.read(size + 2)
                    self.rfile.readline()
                else:
                    self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", "2")
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(b"{}")

            def log_message(self, *args):
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 1024

        Server(("127.0.0.1", int(os.environ["FUNCTIONS_CUSTOMHANDLER_PORT"])), Handler).serve_forever()
        """;

    private const string Script = """
        const fs = require('node:fs');
        const { Server } = require('node:http');
        const emit = Server.prototype.emit;
        Server.prototype.emit = function (event, request, ...others) {
            if (event === 'request') {
                const headers = Object.keys(request.headers).filter((name) => !name.startsWith('x-edgeop-'));
                fs.appendFileSync(process.env.NOTES, JSON.stringify({ target: request.url, case: request.headers['x-case'], headers }) + '\n');
            }
            return emit.call(this, event, request, ...others);
        };
        const { app } = require('@azure/functions');
        app.http('anon', { authLevel: 'anonymous', methods: ['GET', 'POST'], handler: async (request) => {
            await request.text();
            return { body: [...request.headers.keys()].join() };
        } });
        app.http('sec', { authLevel: 'function', methods: ['GET', 'POST'], handler: () => {
            fs.appendFileSync(process.env.NOTES, JSON.stringify({ target: 'sec ran', headers: [] }) + '\n');
            return {};
        } });
        """;

    private string Notes => Path.Combine(host.Home, "notes");

    /// <param name="timeout">Of functions; null for the default.</param>
    public Task ServePythonAsync(bool forwards = true, string? timeout = null) => ServeAsync(
        ("host.json", $$"""
            {
                "version": "2.0", {{Limit(timeout)}}
                "customHandler": {
                    "description": { "defaultExecutablePath": "python3", "arguments": ["handler.py"] },
                    "enableForwardingHttpRequest": {{(forwards ? "true" : "false")}}
                }
            }
            """),
        ("handler.py", Python),
        ("anon/function.json", Function("anonymous")),
        ("any/function.json", Function("anonymous", route: "any/{*rest}")),
        ("sec/function.json", Function("function")));

    public async Task ServeNodeAsync(string? timeout = null)
    {
        var app = host.App("app", ("host.json", $$"""{ {{Limit(timeout)}} "version": "2.0" }"""), ("package.json", """{ "main": "index.js" }"""), ("index.js", Script));
        Directory.CreateSymbolicLink(Path.Combine(app, "node_modules"), await NodePackages.ModulesAsync());
        await ServeAsync(app, "node");
    }

    /// <summary>What the worker has read so far.</summary>
    public Seen[] Read() => File.Exists(Notes)
        ? [.. File.ReadAllLines(Notes).Select(l => JsonNode.Parse(l)!).Select(n => new Seen(
            n["target"]!.ToString(), n["case"]?.ToString() ?? "", [.. n["headers"]!.AsArray().Select(h => h!.ToString())]))]
        : [];

    private static string Limit(string? timeout) => timeout is null ? "" : $"\"functionTimeout\": \"{timeout}\",";

    private static string Function(string level, string? route = null) => $$"""
        { "bindings": [ { "type": "httpTrigger", "direction": "in", "name": "req", "authLevel": "{{level}}", "route": {{(route is null ? "null" : $"\"{route}\"")}} }, { "type": "http", "direction": "out", "name": "res" } ] }
        """;

    private Task ServeAsync(params (string Name, string Content)[] files) => ServeAsync(host.App("app", files), "custom");

    private Task ServeAsync(string folder, string worker) => host.ServeAsync(new()
    {
        App = "witness",
        Generation = "1",
        Folder = folder,
        Worker = worker,
        Port = host.Port,
        Settings = ImmutableSortedDictionary<string, string>.Empty.Add("NOTES", Notes),
    });
}

/// <summary>A request as a worker has read it.</summary>
/// <param name="Case">The value of its header X-Case; empty without one.</param>
/// <param name="Headers">Their names, in lower case.</param>
internal sealed record Seen(string Target, string Case, string[] Headers);
