using EdgeOperator.Testing;

namespace EdgeOperator.Benchmarks.Functions;

/// <summary>The apps that are measured, made as a developer would.</summary>
internal static class BenchApps
{
    private const string Library = "@azure/functions@4.16.5";

    /// <summary>A custom handler in C: GET /api/hello, and a function that takes the queue "work".</summary>
    public static async Task<string> CustomHandlerAsync(TempFolder folder)
    {
        folder.Write("host.json", """{"version": "2.0", "customHandler": {"description": {"defaultExecutablePath": "handler"}, "enableForwardingHttpRequest": true}}""");
        folder.Write("hello/function.json", """
            {"bindings": [{"type": "httpTrigger", "direction": "in", "name": "req", "methods": ["get"], "authLevel": "anonymous"},
                          {"type": "http", "direction": "out", "name": "$return"}]}
            """);
        folder.Write("take/function.json", """{"bindings": [{"type": "queueTrigger", "direction": "in", "name": "item", "queueName": "work"}]}""");
        await Shell.RunAsync("gcc", "-O2", "-o", folder.File("handler"), Path.Combine(AppContext.BaseDirectory, "Functions", "handler.c"));
        return folder;
    }

    /// <summary>The same in Node.js with the published library.</summary>
    public static async Task<string> NodeAsync(TempFolder folder)
    {
        folder.Write("host.json", """{"version": "2.0"}""");
        folder.Write("package.json", """{"name": "bench", "main": "app.js"}""");
        folder.Write("app.js", """
            const { app } = require('@azure/functions');
            app.http('hello', { methods: ['GET'], authLevel: 'anonymous', handler: async () => ({ jsonBody: { hello: 'world' } }) });
            app.storageQueue('take', { queueName: 'work', handler: async () => {} });
            """);
        await Shell.RunAsync("npm", "install", "--prefix", folder, "--no-audit", "--no-fund", "--silent", Library);
        return folder;
    }

    /// <summary>A server that does what the Node.js app's function does, with nothing but Node.js.</summary>
    public static string BareNode(TempFolder folder) => folder.Write("bare.js", """
        require('node:http').createServer((request, response) => {
          response.writeHead(200, { 'content-type': 'application/json' });
          response.end(JSON.stringify({ hello: 'world' }));
        }).listen(Number(process.argv[2]), '127.0.0.1');
        """);
}
