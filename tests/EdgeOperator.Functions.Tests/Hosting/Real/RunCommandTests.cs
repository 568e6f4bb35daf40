using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Hosting.Real;

public sealed class RunCommandTests : IAsyncLifetime
{
    private readonly FunctionsHost _host = new();

    [Fact]
    public async Task An_app_is_run_with_its_local_settings_and_without_keys()
    {
        var folder = _host.App(
            "dev",
            ("host.json", """{ "version": "2.0", "customHandler": { "description": { "defaultExecutablePath": "python3", "arguments": ["handler.py"] }, "enableForwardingHttpRequest": true } }"""),
            ("local.settings.json", $$"""{ "Values": { "GREETING": "from the settings" }, "Host": { "LocalHttpPort": {{_host.Port}}, "CORS": "http://localhost:3000, https://example.org", "CORSCredentials": true } }"""),
            ("hello/function.json", """{ "bindings": [ { "type": "httpTrigger", "direction": "in", "name": "req", "authLevel": "function" }, { "type": "http", "direction": "out", "name": "res" } ] }"""),
            ("handler.py", """
                import os
                from http.server import BaseHTTPRequestHandler, HTTPServer

                class Handler(BaseHTTPRequestHandler):
                    def do_GET(self):
                        self.send_response(200)
                        self.end_headers()
                        self.wfile.write(" ".join(os.environ[name] for name in ("GREETING", "AZURE_FUNCTIONS_ENVIRONMENT", "WEBSITE_HOSTNAME")).encode())

                HTTPServer(("127.0.0.1", int(os.environ["FUNCTIONS_CUSTOMHANDLER_PORT"])), Handler).serve_forever()
                """));

        _host.Start("run", folder, "--home", _host.Home);

        await Eventually.SucceedsAsync(async () => (await _host.GetAsync("api/hello")).Should().Be($"from the settings Development localhost:{_host.Port}"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/hello") { Headers = { { "Origin", "https://example.org" } } };
        using var response = await _host.Client.SendAsync(request);
        response.Headers.GetValues("Access-Control-Allow-Origin").Should().Equal("https://example.org");
        response.Headers.GetValues("Access-Control-Allow-Credentials").Should().Equal("true");
        await Eventually.SucceedsAsync(() =>
            _host.Output.Should().Contain($"serves on http://127.0.0.1:{_host.Port}").And.Contain($"http://127.0.0.1:{_host.Port}/api/hello"));
    }

    [Theory]
    [InlineData("error: there is no such folder (/nowhere)", "run", "/nowhere")]
    [InlineData("error: 70000 is no port (--port)", "run", "/tmp", "--port", "70000")]
    [InlineData("error: Option '--home' is required", "host")]
    public async Task What_is_wrong_is_told_on_standard_error_and_the_exit_code_is_3(string error, params string[] arguments)
    {
        var run = () => Shell.RunAsync(FunctionsHost.Command[0], [.. FunctionsHost.Command[1..], .. arguments]);

        (await run.Should().ThrowAsync<InvalidOperationException>()).WithMessage($"*ended with 3: {error}*");
    }

    [Fact]
    public async Task The_version_is_shown() =>
        (await Shell.RunAsync(FunctionsHost.Command[0], [.. FunctionsHost.Command[1..], "version"])).Should().MatchRegex("^edgeop-functions [0-9.]+");

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();
}
