using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests.Reading;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Manifests;

/// <summary>
/// Reads manifests into the desired state of a device. Files named <c>.yaml</c>, <c>.yml</c> and <c>.json</c> are manifests, unless another
/// manifest refers to them as its data, they lie in <c>node_modules</c>, or a part of their path starts with a dot. Never throws for
/// anything in the files.
/// </summary>
public static class ManifestReader
{
    /// <param name="kinds">The kinds that manifests may have.</param>
    /// <param name="revision">The id that the state gets.</param>
    /// <param name="sources">In ascending precedence: later ones win by <c>Kind/name</c>, with a warning.</param>
    public static ReadResult Read(ManifestKinds kinds, string revision, IReadOnlyList<ManifestSource> sources, RenderContext context)
    {
        var problems = new ProblemCollector();
        var resources = new SortedDictionary<ResourceId, ReadResource>();
        var files = ImmutableArray.CreateBuilder<string>();
        var origins = ImmutableArray.CreateBuilder<Position>();
        var definitions = new List<ReadResource>();
        var unread = new HashSet<ResourceId>();
        var credentials = ImmutableArray.CreateBuilder<RegistryCredential>();
        SourceReader[] readers = [.. sources.Select(source => new SourceReader(kinds, source, sources.Count == 1 ? "" : $"{source.Name}/", problems))];
        var byFile = readers.SelectMany(reader => reader.ByFile).DistinctBy(file => file.Key).ToDictionary(StringComparer.Ordinal);
        context = context with { Table = new(readers.SelectMany(reader => reader.All), byFile, context) };
        foreach (var reader in readers)
        {
            var delivered = reader.Read(context);
            definitions.AddRange(delivered);
            unread.UnionWith(reader.Unread);
            origins.AddRange(delivered.Select(read => read.Resource.Origin));
            DuplicateCheck.Run(delivered, problems);
            foreach (var read in delivered.DistinctBy(read => read.Resource.Id))
            {
                var resource = read.Resource;
                if (resources.TryGetValue(resource.Id, out var overridden))
                    problems.Warn(resource.Origin, $"{resource.Id} replaces the one of an earlier source", $"rename one of them if that is not meant; the other is at {overridden.Resource.Origin}");
                resources[resource.Id] = read;
            }

            files.AddRange(reader.Manifests);
            credentials.AddRange(reader.RegistryCredentials);
        }

        ReferenceCheck.Run(resources, context, problems);
        if (context.Device is null)
        {
            new DependencyCheck(definitions, context.Elsewhere.Union(unread), problems).Run();
            ClaimCheck.Run(definitions, (one, other) => one.Intersect(other), problems);
        }
        else
        {
            ClaimCheck.Run(resources.Values, (_, _) => DeviceClass.All, problems);
        }

        credentials.AddRange(resources.Values.Select(read => read.Resource).OfType<EdgeModuleResource>().Select(module => module.Container.Login).OfType<RegistryCredential>());
        var state = problems.Count == 0
            ? new DesiredState(revision, resources.ToImmutableSortedDictionary(read => read.Key, read => read.Value.Resource))
            {
                RegistryCredentials = credentials.ToImmutable(),
                Manifests = resources.ToImmutableDictionary(read => read.Key, read => read.Value.Manifest),
            }
            : null;
        return new(state, problems.SortedProblems, problems.SortedWarnings)
        {
            Files = files.ToImmutable(),
            Origins = origins.ToImmutable(),
            OpenVariables = context.Device is null ? [.. problems.OpenVariables] : [],
            Defined = [.. definitions.Select(read => read.Resource.Id), .. unread],
        };
    }
}
