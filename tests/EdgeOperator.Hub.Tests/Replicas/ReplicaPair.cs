using EdgeOperator.Hub.Tests.Storage;

namespace EdgeOperator.Hub.Tests.Replicas;

/// <summary>Two hubs with one database, each of which the other one, and whoever knows its address, can reach.</summary>
public sealed class ReplicaPair(SharedPostgres shared) : IAsyncLifetime
{
    private const string Reachable = """

        replica: {address: "{address}:443"}
        tls: {alternativeNames: [localhost, "{address}"]}
        """;

    public HubUnderTest One { get; private set; } = null!;

    public HubUnderTest Two { get; private set; } = null!;

    public string Database { get; private set; } = "";

    public async Task InitializeAsync()
    {
        Database = await shared.Server.CreateDatabaseAsync();
        One = await HubUnderTest.StartAsync(shared.Server.Configuration(Database) + Reachable);
        Two = await HubUnderTest.StartAsync(shared.Server.Configuration(Database) + Reachable, replicaOf: One);
    }

    public async Task DisposeAsync()
    {
        await One.DisposeAsync();
        await Two.DisposeAsync();
    }
}
