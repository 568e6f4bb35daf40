using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests.Reading;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Manifests;

/// <summary>
/// Reads manifests into what a device is to have. Files named <c>.yaml</c>, <c>.yml</c> and <c>.json</c> are manifests,
/// unless a ConfigFile or a VirtualMachine names them as a <c>source</c>, they lie in a FunctionApp's <c>package</c> or in <c>node_modules</c>, or a
/// part of their path starts with a dot. Never throws for
/// anything in the files.
/// </summary>
public static class ManifestReader
{
    /// <param name="revision">The id that the state gets.</param>
    /// <param name="sources">In ascending precedence: later ones win by <c>Kind/name</c>, with a warning.</param>
    public static ReadResult Read(string revision, IReadOnlyList<ManifestSource> sources, RenderContext context)
    {
        var problems = new ProblemCollector();
        var resources = ImmutableSortedDictionary.CreateBuilder<ResourceId, Resource>();
        var files = ImmutableArray.CreateBuilder<string>();
        var origins = ImmutableArray.CreateBuilder<Position>();
        var credentials = ImmutableArray.CreateBuilder<RegistryCredential>();
        var targets = new Dictionary<ResourceId, (EdgeModuleResource, Position)>();
        foreach (var source in sources)
        {
            var label = sources.Count == 1 ? "" : $"{source.Name}/";
            var reader = new SourceReader(source, label, context, problems);
            foreach (var read in reader.Read())
            {
                var resource = read.Resource;
                origins.Add(resource.Origin);
                if (resources.TryGetValue(resource.Id, out var overridden))
                    problems.Warn(resource.Origin, $"{resource.Id} replaces the one of an earlier source", $"rename one of them if that is not meant; the other is at {overridden.Origin}");
                resources[resource.Id] = resource;
                targets.Remove(resource.Id);
                if (resource is EdgeModuleResource module && read.Target is { } where)
                    targets.Add(resource.Id, (module, where));
            }
            files.AddRange(reader.Manifests);
            credentials.AddRange(reader.RegistryCredentials);
        }
        TargetCheck.Run(targets.Values, resources.ToImmutable(), context, problems);
        if (context.Device is not null)
        {
            CheckPaths(resources.Values.OfType<ConfigFileResource>(), problems);
            PortClaims.Check(resources.Values, problems);
        }

        var state = problems.Count == 0 ? new DesiredState(revision, resources.ToImmutable()) { RegistryCredentials = credentials.ToImmutable() } : null;
        return new(state, problems.SortedProblems, problems.SortedWarnings)
        {
            Files = files.ToImmutable(),
            Origins = origins.ToImmutable(),
        };
    }

    private static void CheckPaths(IEnumerable<ConfigFileResource> files, ProblemCollector problems)
    {
        var writers = new Dictionary<string, ConfigFileResource>(StringComparer.Ordinal);
        foreach (var file in files)
            if (!writers.TryAdd(file.File.Path, file))
                problems.Add(file.Origin, $"{file.Id} and {writers[file.File.Path].Id} both write {file.File.Path}", $"remove one of them; the other is at {writers[file.File.Path].Origin}");
    }
}
