using EdgeOperator.Agent.Sources;
using EdgeOperator.Agent.Sources.Git;
using EdgeOperator.Agent.Sources.Twin;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Hub.Tests.Agent;

/// <summary>A Git source that the twin of its device keeps at a commit.</summary>
[Collection(SharedHub.Name)]
public sealed class PinnedSourceTests(SharedHub shared) : IDisposable
{
    private readonly TempFolder _folder = new("pins");

    private HubUnderTest Hub => shared.Hub;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_pinned_source_is_told_stays_at_the_commit_and_remembers_it_without_the_hub()
    {
        using var repository = await Repository.CreateAsync();
        var first = await repository.CommitAsync(("a.yaml", "1"));
        var second = await repository.CommitAsync(("a.yaml", "2"));
        var pins = new SourcePins();
        var twin = Twin("pinned", _folder.Write("key", await Hub.CreateDeviceAsync("pinned")), pins);
        var told = new SemaphoreSlim(0);
        using var stop = new CancellationTokenSource();
        var watching = Git(repository, pins).WatchAsync(() => told.Release(), stop.Token);

        (await CommitOfAsync(repository, pins)).Should().Be(second);
        await PinAsync($$"""{"fleet":{"commit":"{{first}}"} }""");
        await twin.FetchAsync(new(null), CancellationToken.None);
        (await told.WaitAsync(Eventually.Deadline)).Should().BeTrue();
        (await CommitOfAsync(repository, pins)).Should().Be(first);
        await twin.DisposeAsync();

        var afterRestart = new SourcePins();
        var twinAgain = Twin("pinned", _folder.File("key"), afterRestart);
        (await CommitOfAsync(repository, afterRestart)).Should().Be(first);
        await PinAsync("null");
        await twinAgain.FetchAsync(new(null), CancellationToken.None);
        (await CommitOfAsync(repository, afterRestart)).Should().Be(second);
        await twinAgain.DisposeAsync();
        await stop.CancelAsync();
        await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    private TwinSource Twin(string device, string keyFile, SourcePins pins) =>
        new(new() { Name = "hub", Hub = Hub.Host, DeviceId = device, CaFile = Hub.CaFile, KeyFile = keyFile }, _folder.File("twin"), pins, TimeProvider.System);

    private GitSource Git(Repository repository, SourcePins pins) =>
        new(new() { Name = "fleet", Url = repository.Url }, _folder.File("fleet"), TimeProvider.System, NullLogger<GitSource>.Instance, pins);

    private async Task<string> CommitOfAsync(Repository repository, SourcePins pins) =>
        (await Git(repository, pins).FetchAsync(new(null), CancellationToken.None)).Should().BeOfType<FetchResult.Fetched>().Which.Artifact.Id;

    private async Task PinAsync(string sources) => await Hub.CallAsync("PATCH", "twins/pinned", $$"""{"properties":{"desired":{"edgeoperator":{"sources":{{sources}} } } } }""");
}
