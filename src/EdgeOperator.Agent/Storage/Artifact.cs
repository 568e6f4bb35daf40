using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Agent.Storage;

/// <summary>One source's manifests at one moment, immutable and complete.</summary>
/// <param name="Id">
/// Names the content, whatever the source: a commit id (with <c>:path</c> when only a folder of it was read), or a hash over
/// the files. Equal ids mean equal files.
/// </param>
/// <param name="Display">For people: <c>main@1a2b3c4</c>.</param>
public sealed record Artifact(string Source, string Id, string Display, ImmutableArray<ManifestFile> Files);
