using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Storage;

/// <summary>One server for all tests, each of which takes a database of its own.</summary>
public sealed class SharedPostgres : IAsyncLifetime
{
    public const string Name = "the shared PostgreSQL server";

    public PostgresServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await PostgresServer.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();
}

[CollectionDefinition(SharedPostgres.Name)]
public sealed class AtSharedPostgres : ICollectionFixture<SharedPostgres>;
