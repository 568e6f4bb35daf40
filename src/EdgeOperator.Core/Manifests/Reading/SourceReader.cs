using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>Reads the manifests of one source.</summary>
/// <param name="label">Stands before the paths in messages; empty for none.</param>
internal sealed class SourceReader(ManifestKinds kinds, ManifestSource source, string label, ProblemCollector problems)
{
    private readonly IgnoreRules _ignored = IgnoreRules.Of(source.Files);
    private readonly SourceFiles _files = new(source.Files);
    private readonly HashSet<ResourceId> _unread = [];
    private readonly List<string> _manifests = [];
    private readonly List<RegistryCredential> _registryCredentials = [];

    /// <summary>What imported documents say of registries, once the source has been read.</summary>
    public IReadOnlyList<RegistryCredential> RegistryCredentials => _registryCredentials;

    /// <summary>What a document would define that has problems, or is not for the device.</summary>
    public IReadOnlyCollection<ResourceId> Unread => _unread;

    /// <summary>The files that <c>Read</c> took as manifests.</summary>
    public IReadOnlyList<string> Manifests => _manifests;

    /// <summary>The documents of every manifest, before they are looked into.</summary>
    public IReadOnlyList<ReadDocument> All => field ??= [.. Documents()];

    /// <summary>All documents of each file that was read as a manifest, by its path in messages.</summary>
    public IReadOnlyDictionary<string, ImmutableArray<Node>> ByFile =>
        All.GroupBy(document => document.Root.Where.File).ToDictionary(file => file.Key, file => file.Select(document => document.Root).ToImmutableArray(), StringComparer.Ordinal);

    /// <summary>The source's resources, in the order of its files.</summary>
    public IReadOnlyList<ReadResource> Read(RenderContext context)
    {
        var documents = new DocumentReader(kinds, context, _files, problems);
        return [.. All.SelectMany(d => Read(d, documents, context))];
    }

    private IEnumerable<ReadResource> Read(ReadDocument document, DocumentReader documents, RenderContext context)
    {
        if (document.Root is not MapNode root)
            problems.Add(document.Root.Where, $"a manifest must be a mapping, not {document.Root.Description}", "start with `apiVersion:`, `kind:`, `metadata:` and `spec:`");
        else if (Import(document.File, root, context) is { } imported)
            return imported;
        else if (documents.Read(document, root) is { } resource)
            return [resource];
        else if (document.Id is { } id)
            _unread.Add(id);
        return [];
    }

    /// <summary>The resources of a document in another system's language; null when no kind takes it over.</summary>
    private IEnumerable<ReadResource>? Import(string file, MapNode root, RenderContext context)
    {
        var import = new ImportContext(file, _files.Find(file)?.IsManifest == true, _files, context);
        if (kinds.Select(kind => kind.Import(root, import, problems)).FirstOrDefault(imported => imported is not null) is not { } document)
            return null;
        _registryCredentials.AddRange(document.RegistryCredentials);
        return document.Resources.Select(DocumentReader.WithSecrets).Select(resource => new ReadResource(resource, Selector: null)
        {
            Manifest = new(resource.Id, resource.Origin, () => kinds.Of(resource).SpecOf(resource)),
            Claims = [.. kinds.Of(resource).ClaimsOf(resource, null)],
        });
    }

    /// <summary>The documents of every manifest file; what a manifest refers to as its data is none.</summary>
    private IEnumerable<ReadDocument> Documents()
    {
        var read = source.Files
            .Where(IsManifest)
            .OrderBy(f => f.Path, StringComparer.Ordinal)
            .Select(file => source.Parsed is { } parsed ? parsed.Of(label + file.Path, () => Parse(file)) : Parse(file))
            .ToArray();
        foreach (var file in source.Files.Where(f => f.Refused is not null && !IsManifest(f)))
            problems.Warn(new(label + file.Path, 0, 0), $"it is left out: it {file.Refused}", "correct or remove it");

        var data = DataFiles.Of(kinds, read.SelectMany(f => f.Documents));
        foreach (var file in read.Where(f => !data.Contains(f.Path)))
        {
            _manifests.Add(file.Path);
            problems.AddAll(file.Problems);
            if (file is { IsNamed: true, Documents: [], Problems.Count: 0 })
                problems.Add(new(label + file.Path, 0, 0), "it holds no manifest", "write `apiVersion:`, `kind:`, `metadata:` and `spec:`");
            foreach (var document in file.Documents)
                yield return document;
        }
    }

    private ParsedFile Parse(ManifestFile file)
    {
        var found = new ProblemCollector();
        return new(file.Path, file.IsManifest == true, Parse(file, found), found);
    }

    private ReadDocument[] Parse(ManifestFile file, ProblemCollector problems)
    {
        var labelled = file with { Path = label + file.Path };
        if (file.Refused is { } refusal)
        {
            problems.Add(new(labelled.Path, 0, 0), $"it can't be read as a manifest: it {refusal}", "correct or remove it");
            return [];
        }

        if (file.Path.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            return JsonReader.Read(labelled, problems) is { } root ? [new(file.Path, root)] : [];
        return [.. YamlReader.Read(labelled, problems).Select(root => new ReadDocument(file.Path, root))];
    }

    private bool IsManifest(ManifestFile file) => file.IsManifest ?? (LooksLikeManifest(file.Path) && !_ignored.Matches(file.Path));

    private static bool LooksLikeManifest(string path) =>
        !path.Split('/').Any(part => part.StartsWith('.') || part == "node_modules")
        && Path.GetExtension(path).ToUpperInvariant() is ".YAML" or ".YML" or ".JSON";
}
