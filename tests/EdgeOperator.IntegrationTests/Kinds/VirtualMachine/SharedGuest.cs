using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

/// <summary>Tests that boot machines: one at a time, and beside nothing else of their process, for an emulated guest needs a processor. tests/run.sh
/// runs them in a process of their own, so that the other integration tests need not wait for them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SharedGuest : ICollectionFixture<MinimalGuest>
{
    public const string Name = "machines";
}

/// <summary>The minimal guest image.</summary>
public sealed class MinimalGuest : IAsyncLifetime
{
    private GuestImage _image = null!;

    public string Path => _image.Path;

    public string Sha256 => _image.Sha256;

    internal MachineImage Image => new(Path, Sha256);

    public async Task InitializeAsync() => _image = await GuestImage.MinimalAsync();

    public Task DisposeAsync() => Task.CompletedTask;
}
