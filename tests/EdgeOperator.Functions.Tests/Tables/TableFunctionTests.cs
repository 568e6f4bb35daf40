using System.Text;
using EdgeOperator.Functions.Tests.Hosting.Real;
using EdgeOperator.Functions.Tests.Node;

namespace EdgeOperator.Functions.Tests.Tables;

/// <summary>Table bindings of whole apps, on the host's own tables.</summary>
public sealed class TableFunctionTests : IAsyncLifetime
{
    private const string NodeScript = """
        const { app, input, output } = require('@azure/functions');

        const saved = output.table({ tableName: 'orders', partitionKey: 'shop', connection: '' });
        const one = input.table({ tableName: 'orders', partitionKey: 'shop', rowKey: '{id}', connection: '' });
        const many = input.table({ tableName: 'orders', filter: 'Count ge {least}', take: 2, connection: '' });

        app.http('save', { authLevel: 'anonymous', extraOutputs: [saved], handler: async (request, context) => {
          context.extraOutputs.set(saved, await request.json());
          return { status: 201 };
        } });
        app.http('show', { authLevel: 'anonymous', route: 'show/{id}', extraInputs: [one], handler: async (_, context) => ({ jsonBody: { found: context.extraInputs.get(one) ?? null } }) });
        app.http('list', { authLevel: 'anonymous', route: 'list/{least}', extraInputs: [many], handler: async (_, context) => ({ jsonBody: context.extraInputs.get(many) }) });
        app.http('wrong', { authLevel: 'anonymous', extraInputs: [input.table({ tableName: 'orders', rowKey: 'x', connection: '' })], handler: async () => ({}) });
        """;

    private const string Handler = """
        import json, os
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.answer({})

            def do_POST(self):
                data = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["Data"]
                if self.path == "/save":
                    self.answer({"Outputs": {"res": {"statusCode": 201}, "saved": json.loads(data["req"]["Body"])}})
                else:
                    self.answer({"Outputs": {"res": {"statusCode": 200, "body": json.dumps(data.get("orders"))}}})

            def answer(self, value):
                body = json.dumps(value).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        ThreadingHTTPServer(("127.0.0.1", int(os.environ["FUNCTIONS_CUSTOMHANDLER_PORT"])), Handler).serve_forever()
        """;

    private readonly FunctionsHost _host = new();

    public Task InitializeAsync() => _host.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task A_node_app_reads_and_writes_entities_and_a_wrong_binding_is_refused_with_its_functions_name()
    {
        var folder = _host.App("node", ("host.json", """{ "version": "2.0" }"""), ("package.json", """{ "main": "index.js" }"""), ("index.js", NodeScript));
        Directory.CreateSymbolicLink(Path.Combine(folder, "node_modules"), await NodePackages.ModulesAsync());
        await _host.ServeAsync(new() { App = "node", Generation = "g", Folder = folder, Port = _host.Port });

        (await PostAsync("save", """[{"RowKey": "1", "Count": 5}, {"RowKey": "2", "Count": 7}, {"RowKey": "3", "Count": 9}, {"RowKey": "4", "Count": 11}]""")).Should().Be(201);
        (await PostAsync("save", """{"RowKey": "1", "Count": 6}""")).Should().Be(500, "there is such an entity");

        (await GetAsync("show/2")).Should().Be("""{"found":{"PartitionKey":"shop","RowKey":"2","Count":7}}""");
        (await GetAsync("show/9")).Should().Be("""{"found":null}""");
        (await GetAsync("list/6")).Should().Be("""[{"PartitionKey":"shop","RowKey":"2","Count":7},{"PartitionKey":"shop","RowKey":"3","Count":9}]""");
        (await _host.ReportAsync()).Functions.Single(f => f.Name == "wrong").Error.Should().Contain("rowKey without a partitionKey");
    }

    [Fact]
    public async Task A_custom_handler_reads_and_writes_entities()
    {
        const string http = """{ "type": "httpTrigger", "direction": "in", "name": "req", "authLevel": "anonymous" }, { "type": "http", "direction": "out", "name": "res" }""";
        var folder = _host.App(
            "custom",
            ("host.json", """{ "version": "2.0", "customHandler": { "description": { "defaultExecutablePath": "python3", "arguments": ["handler.py"] } } }"""),
            ("save/function.json", $$"""{ "bindings": [ {{http}}, { "type": "table", "direction": "out", "name": "saved", "tableName": "orders" } ] }"""),
            ("list/function.json", $$"""{ "bindings": [ {{http}}, { "type": "table", "direction": "in", "name": "orders", "tableName": "orders", "partitionKey": "{shop}" } ] }"""),
            ("handler.py", Handler));
        await _host.ServeAsync(new() { App = "custom", Generation = "g", Folder = folder, Port = _host.Port });

        (await PostAsync("save", """{"PartitionKey": "a", "RowKey": "1", "Open": true}""")).Should().Be(201);

        (await GetAsync("list?shop=a")).Should().Contain("PartitionKey").And.Contain("Open").And.Contain("true");
        (await GetAsync("list?shop=b")).Should().NotContain("PartitionKey");
    }

    private async Task<int> PostAsync(string function, string json)
    {
        using var answer = await _host.Client.PostAsync($"api/{function}", new StringContent(json, Encoding.UTF8, "application/json"));
        return (int)answer.StatusCode;
    }

    private Task<string> GetAsync(string path) => _host.Client.GetStringAsync($"api/{path}");
}
