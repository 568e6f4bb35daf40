using EdgeOperator.Agent.Sources.Git;
using EdgeOperator.Agent.Sources.Twin;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.Manifests;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Sources;

/// <summary>Makes a source from its configuration.</summary>
public static class SourceFactory
{
    /// <param name="pins">Of all sources of the device.</param>
    public static ISource Create(SourceConfiguration configuration, RevisionStore store, SourcePins pins, TimeProvider time, ILoggerFactory logging) =>
        configuration switch
        {
            DirectorySourceConfiguration directory => new DirectorySource(directory, time),
            GitSourceConfiguration git => new GitSource(git, store.SourceFolder(git.Name), time, logging.CreateLogger<GitSource>(), pins),
            TwinSourceConfiguration twin => new TwinSource(twin, store.SourceFolder(twin.Name), pins, time),
            _ => throw new ArgumentException($"no source for {configuration.GetType().Name}", nameof(configuration)),
        };
}
