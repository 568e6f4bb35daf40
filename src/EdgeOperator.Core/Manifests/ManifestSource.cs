namespace EdgeOperator.Core.Manifests;

/// <summary>The files of one source.</summary>
public sealed record ManifestSource(string Name, IReadOnlyList<ManifestFile> Files);
