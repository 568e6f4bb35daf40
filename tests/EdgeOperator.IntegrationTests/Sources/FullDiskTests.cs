using EdgeOperator.Agent.Sources;
using EdgeOperator.Agent.Sources.Git;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.State;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.IntegrationTests.Sources;

/// <summary>A state directory on a small file system of its own.</summary>
public sealed class FullDiskTests : IAsyncLifetime, IDisposable
{
    private readonly CancellationTokenSource _deadline = new(Eventually.Slow);
    private TinyDisk _disk = null!;

    public async Task InitializeAsync() => _disk = await TinyDisk.MountAsync(kilobytes: 2 * 1024);

    public async Task DisposeAsync() => await _disk.DisposeAsync();

    public void Dispose() => _deadline.Dispose();

    [Fact]
    public async Task A_commit_that_does_not_fit_is_not_taken_and_what_was_there_stays()
    {
        using var repository = await Repository.CreateAsync();
        var first = await repository.CommitAsync(("a.yaml", "1"));
        var store = new RevisionStore(Path.Combine(_disk.Path, "state"), NullLogger<RevisionStore>.Instance);
        var set = Start(store, repository.Url);
        await set.PokeAsync(_deadline.Token);
        set.Newest!.Id.Should().Be(first);

        var noise = Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(3_000_000));
        await repository.CommitAsync(("a.yaml", "2"), ("noise", noise));
        await set.PokeAsync(_deadline.Token);

        set.Statuses.Single().Ready.Should().Match<Condition>(c => c.Reason == "StorageUnavailable", "it is {0}", set.Statuses.Single().Ready);
        set.Newest!.Id.Should().Be(first);
        store.Load(first).Should().NotBeNull();

        // Also after a restart, and until there is room again.
        var restarted = Start(store, repository.Url);
        restarted.Newest!.Id.Should().Be(first);
        var third = await repository.CommitAsync(("a.yaml", "3"));
        await restarted.PokeAsync(_deadline.Token);
        restarted.Newest!.Id.Should().Be(third);
    }

    [Fact]
    public async Task A_disk_without_a_free_byte_is_one_failure_among_others()
    {
        using var repository = await Repository.CreateAsync();
        var first = await repository.CommitAsync(("a.yaml", "1"));
        var store = new RevisionStore(Path.Combine(_disk.Path, "state"), NullLogger<RevisionStore>.Instance);
        var set = Start(store, repository.Url);
        await set.PokeAsync(_deadline.Token);
        _disk.Fill();
        var second = await repository.CommitAsync(("a.yaml", "2"));

        await set.PokeAsync(_deadline.Token);
        set.Statuses.Single().Ready.Should().Match<Condition>(c => c.Reason == "StorageUnavailable", "it is {0}", set.Statuses.Single().Ready);
        store.Load(first).Should().NotBeNull();

        _disk.Free();
        await set.PokeAsync(_deadline.Token);
        set.Newest!.Id.Should().Be(second);
    }

    private static SourceSet Start(RevisionStore store, string url)
    {
        var configuration = new GitSourceConfiguration { Name = "main", Url = url };
        var source = new GitSource(configuration, store.SourceFolder("main"), TimeProvider.System, NullLogger<GitSource>.Instance);
        return new([source], store, (_, _, _) => { }, TimeProvider.System, Random.Shared, NullLogger<SourceSet>.Instance);
    }
}
