namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>A file or folder of the source that a manifest refers to.</summary>
/// <param name="Path">As written; relative to the manifest's folder, or with a leading slash to the source's root.</param>
internal readonly record struct DataReference(string Path, bool IsFolder);
