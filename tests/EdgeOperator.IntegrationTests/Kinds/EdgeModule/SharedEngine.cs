using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.EdgeModule;

/// <summary>One real engine and one real registry for all tests of the collection; each test has an owner of its own.</summary>
[CollectionDefinition(Name)]
public sealed class SharedEngine : ICollectionFixture<EngineFixture>
{
    public const string Name = "engine";
}

public sealed class EngineFixture : IAsyncLifetime
{
    public PrivateEngine Engine { get; private set; } = null!;

    public PrivateRegistry Registry { get; private set; } = null!;

    /// <summary>Images that are on the engine from the start.</summary>
    public string Sleeper { get; private set; } = "";

    public string WebServer { get; private set; } = "";

    public async Task InitializeAsync()
    {
        Registry = await PrivateRegistry.StartAsync();
        Engine = await PrivateEngine.StartAsync("--max-download-attempts", "1");
        Sleeper = await TestImage.Sleeper().LoadAsync(Engine);
        WebServer = await TestImage.WebServer().LoadAsync(Engine);
    }

    public async Task DisposeAsync()
    {
        await Engine.DisposeAsync();
        await Registry.DisposeAsync();
    }
}
