using System.Text;
using EdgeOperator.Testing;

namespace EdgeOperator.Benchmarks;

/// <summary>The same modules, kept by docker-compose on an engine of its own.</summary>
internal sealed class ComposePeer : IAsyncDisposable
{
    private readonly TempFolder _folder = new("compose");
    private readonly PrivateEngine _engine;
    private readonly string _image;

    private ComposePeer(PrivateEngine engine, string image) => (_engine, _image) = (engine, image);

    public static async Task<ComposePeer> StartAsync()
    {
        var engine = await PrivateEngine.StartAsync();
        return new(engine, await TestImage.Sleeper().LoadAsync(engine));
    }

    public async Task SettleAsync(int modules)
    {
        var file = new StringBuilder("version: \"3.8\"\nservices:\n");
        for (var i = 0; i < modules; i++)
            file.Append($"  {Fleet.Name(i)}: {{image: \"{_image}\", network_mode: bridge, restart: unless-stopped}}\n");
        _folder.Write("docker-compose.yml", file.ToString());
        await UpAsync();
    }

    public Task UpAsync() => Shell.RunAsync(
        "env", $"DOCKER_HOST={_engine.Socket}", "COMPOSE_HTTP_TIMEOUT=300",
        "docker-compose", "--project-name", "bench", "--file", _folder.File("docker-compose.yml"), "up", "-d");

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        _folder.Dispose();
    }
}
