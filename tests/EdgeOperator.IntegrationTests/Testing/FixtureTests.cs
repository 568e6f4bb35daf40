using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Testing;

/// <summary>The fixtures themselves, which everything else leans on.</summary>
public class FixtureTests
{
    [Fact]
    public async Task Two_engines_run_side_by_side_and_publish_ports()
    {
        await using var registry = await PrivateRegistry.StartAsync(authenticated: true);
        await using var first = await PrivateEngine.StartAsync();
        await using var second = await PrivateEngine.StartAsync();
        (await TestImage.Sleeper().WithPayload(2, 100_000).PushAsync(registry)).Should().StartWith("127.0.0.1:");

        foreach (var engine in (PrivateEngine[])[first, second])
        {
            var image = await TestImage.WebServer().LoadAsync(engine);
            var port = FreePort.Next();
            await RunAsync(engine, "web", image, port);

            using var http = new HttpClient();
            var page = await Eventually.GetAsync(() => http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/")));
            page.Should().Be("ok\n");
        }
    }

    [Fact]
    public async Task A_disposed_engine_leaves_nothing_behind()
    {
        string socket;
        await using (var engine = await PrivateEngine.StartAsync())
        {
            socket = engine.SocketPath;
            var image = await TestImage.Stubborn().LoadAsync(engine);
            await PostAsync(engine, "networks/create", new() { ["Name"] = "own" });
            await RunAsync(engine, "stubborn", image, FreePort.Next());
            engine.Kill();
        }

        Directory.Exists(Path.GetDirectoryName(socket)).Should().BeFalse();
        (await Shell.RunAsync("cat", "/proc/mounts")).Should().NotContain(Path.GetDirectoryName(socket));
    }

    private static async Task RunAsync(PrivateEngine engine, string name, string image, int port)
    {
        await PostAsync(engine, $"containers/create?name={name}", new()
        {
            ["Image"] = image,
            ["ExposedPorts"] = new JsonObject { ["8080/tcp"] = new JsonObject() },
            ["HostConfig"] = new JsonObject
            {
                ["PortBindings"] = new JsonObject { ["8080/tcp"] = new JsonArray(new JsonObject { ["HostPort"] = $"{port}" }) },
            },
        });
        await PostAsync(engine, $"containers/{name}/start", null);
    }

    private static async Task PostAsync(PrivateEngine engine, string path, JsonObject? body)
    {
        using var content = body is null ? null : new StringContent(body.ToJsonString(), new MediaTypeHeaderValue("application/json"));
        using var answer = await engine.Http.PostAsync(new Uri(path, UriKind.Relative), content);
        answer.IsSuccessStatusCode.Should().BeTrue(await answer.Content.ReadAsStringAsync());
    }
}
