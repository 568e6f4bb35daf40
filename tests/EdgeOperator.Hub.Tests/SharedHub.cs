namespace EdgeOperator.Hub.Tests;

/// <summary>One hub for all tests that leave each other's devices alone.</summary>
public sealed class SharedHub : IAsyncLifetime
{
    public const string Name = "the shared hub";

    public HubUnderTest Hub { get; private set; } = null!;

    public async Task InitializeAsync() => Hub = await HubUnderTest.StartAsync();

    public async Task DisposeAsync() => await Hub.DisposeAsync();
}

[CollectionDefinition(SharedHub.Name)]
public sealed class AtSharedHub : ICollectionFixture<SharedHub>;
