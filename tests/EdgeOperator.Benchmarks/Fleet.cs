using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.Benchmarks;

/// <summary>A device with an engine and a registry of its own, at which a number of small modules runs.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private readonly PrivateRegistry _registry;
    private readonly GitServer _server;

    private Fleet(PrivateEngine engine, PrivateRegistry registry, Repository repository, GitServer server, Device device) =>
        (Engine, _registry, Repository, _server, Device) = (engine, registry, repository, server, device);

    /// <summary>Where the device gets its commits from: over HTTP, as a device does.</summary>
    public string Source => _server.Url;

    public PrivateEngine Engine { get; }

    public Repository Repository { get; }

    public Device Device { get; }

    public static async Task<Fleet> StartAsync(BenchOptions options)
    {
        var registry = await PrivateRegistry.StartAsync();
        foreach (var tag in (string[])["1", "2"])
            await TestImage.Sleeper(tag).PushAsync(registry);
        var engine = await PrivateEngine.StartAsync();
        var repository = await Repository.CreateAsync();
        var server = new GitServer(repository.Path);
        var device = new Device(options.Executable, engine, server.Url, new() { SourceInterval = "10m", StableFor = "1s" });
        return new(engine, registry, repository, server, device);
    }

    public static string Name(int module) => $"module-{module:000}";

    public string Image(int tag) => $"{_registry.Address}/sleeper:{tag}";

    /// <summary>Commits so many modules, the first <paramref name="changed"/> of them with the second image.</summary>
    public Task<string> CommitAsync(int modules, int changed = 0, int generation = 0) => Repository.CommitAsync(
        [.. Enumerable.Range(0, modules).Select(i => (
            $"{Name(i)}.yaml",
            Manifests.Module(Name(i), Image(1), i < changed ? $"env: {{GENERATION: \"{generation}\"}}" : "")))]);

    /// <summary>Commits, and waits until the device has reached it and removed what it replaced.</summary>
    public async Task SettleAsync(int modules)
    {
        var commit = await CommitAsync(modules);
        if (Device.IsRunning)
            await Device.ReconcileAsync();
        else
            await Device.StartAsync();
        await Device.ReachesAsync(commit, TimeSpan.FromMinutes(5));
        await Eventually.TrueAsync("nothing is left over", async () => (await Device.ContainersAsync()).Count == modules, TimeSpan.FromMinutes(1));
    }

    public async ValueTask DisposeAsync()
    {
        await Device.DisposeAsync();
        await _server.DisposeAsync();
        Repository.Dispose();
        await Engine.DisposeAsync();
        await _registry.DisposeAsync();
    }
}
