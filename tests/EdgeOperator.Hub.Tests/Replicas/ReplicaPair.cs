using EdgeOperator.Hub.Tests.Storage;

namespace EdgeOperator.Hub.Tests.Replicas;

/// <summary>Two hubs with one database.</summary>
public sealed class ReplicaPair(SharedPostgres shared) : IAsyncLifetime
{
    public HubUnderTest One { get; private set; } = null!;

    public HubUnderTest Two { get; private set; } = null!;

    public string Database { get; private set; } = "";

    public async Task InitializeAsync()
    {
        Database = await shared.Server.CreateDatabaseAsync();
        One = await HubUnderTest.StartAsync(shared.Server.Configuration(Database));
        Two = await HubUnderTest.StartAsync(shared.Server.Configuration(Database), replicaOf: One);
    }

    public async Task DisposeAsync()
    {
        await One.DisposeAsync();
        await Two.DisposeAsync();
    }
}
