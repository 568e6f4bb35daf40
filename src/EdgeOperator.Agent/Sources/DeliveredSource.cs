using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Git;

namespace EdgeOperator.Agent.Sources;

/// <summary>
/// What the agent's own source has delivered last, for those who only look: a hub knows one connection of a device, and a second one
/// would end the agent's.
/// </summary>
/// <param name="store">The agent's.</param>
internal sealed class DeliveredSource(SourceConfiguration configuration, (string Kind, string Location) description, RevisionStore store) : ISource
{
    public SourceConfiguration Configuration => configuration;

    public (string Kind, string Location) Description => description;

    public Task<FetchResult> FetchAsync(FetchRequest request, CancellationToken cancellation) => Task.FromResult<FetchResult>(
        store.LoadNewest(configuration.Name) is { } artifact
            ? new FetchResult.Fetched(artifact)
            : new FetchResult.Failed(FetchReasons.NotFound, "the agent has not read it yet: is the agent running? See `edgeop status`"));

    public Task WatchAsync(Action changed, CancellationToken cancellation) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
}
