using EdgeOperator.Core.Manifests.Reading;

namespace EdgeOperator.Core.Manifests;

/// <summary>The files of one source.</summary>
public sealed record ManifestSource(string Name, IReadOnlyList<ManifestFile> Files)
{
    /// <summary>What has been parsed of the files, for whoever reads them for many devices one after the other; null parses them each time.</summary>
    public ParsedFiles? Parsed { get; init; }
}
