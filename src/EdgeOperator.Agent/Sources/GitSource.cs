using EdgeOperator.Core.Manifests;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Sources;

public sealed class GitSource(GitSourceConfiguration configuration, string folder, ILogger<GitSource> logger) : ISource
{
    public SourceConfiguration Configuration => configuration;

    public (string Kind, string Location) Description => ("git", configuration.Url);

    public Task<FetchResult> FetchAsync(string? known, CancellationToken cancellation) => throw new NotImplementedException(folder + logger);

    public Task WatchAsync(Action changed, CancellationToken cancellation) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
}
