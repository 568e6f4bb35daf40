using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests.Support;

/// <summary>What every test of the run shares: one engine, one registry with a few images, the published <c>edgeop</c>.</summary>
public sealed class Site : IAsyncLifetime
{
    public PrivateEngine Engine { get; private set; } = null!;

    public PrivateRegistry Registry { get; private set; } = null!;

    public string Edgeop { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Edgeop = await EdgeopBinary.PathAsync();
        Registry = await PrivateRegistry.StartAsync();
        foreach (var tag in (string[])["1", "2", "3"])
        {
            await TestImage.Sleeper(tag).PushAsync(Registry);
            await TestImage.Healthy(tag).PushAsync(Registry);
        }

        await TestImage.Unhealthy().PushAsync(Registry);
        Engine = await PrivateEngine.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (Engine is not null)
            await Engine.DisposeAsync();
        if (Registry is not null)
            await Registry.DisposeAsync();
    }

    /// <summary>A device with an engine in common with every other.</summary>
    /// <param name="source">A Git URL, or the path of a folder.</param>
    public Device NewDevice(string source, DeviceOptions? options = null) => new(Edgeop, Engine, source, options);

    /// <summary>The reference of an image in the registry, such as <c>sleeper:1</c>.</summary>
    public string Image(string name) => $"{Registry.Address}/{name}";

    /// <summary>Does what a person at the device would do with <c>docker</c>.</summary>
    public Task<string> DockerAsync(params string[] arguments) => Shell.RunAsync("docker", ["--host", Engine.Socket, .. arguments]);

    /// <summary>Runs a program in a running container.</summary>
    /// <returns>What it printed.</returns>
    public Task<string> ExecuteAsync(string container, params string[] command) => DockerAsync(["exec", container, .. command]);
}
