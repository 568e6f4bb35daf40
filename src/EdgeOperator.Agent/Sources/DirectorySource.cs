using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Agent.Sources;

public sealed class DirectorySource(DirectorySourceConfiguration configuration, TimeProvider time) : ISource
{
    public SourceConfiguration Configuration => configuration;

    public (string Kind, string Location) Description => ("directory", configuration.Path);

    public Task<FetchResult> FetchAsync(string? known, CancellationToken cancellation) => throw new NotImplementedException(time.ToString());

    public Task WatchAsync(Action changed, CancellationToken cancellation) => throw new NotImplementedException();
}
