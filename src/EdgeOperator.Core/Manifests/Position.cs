namespace EdgeOperator.Core.Manifests;

/// <summary>A place in a manifest. Line and column count from 1; 0 means the file as a whole.</summary>
public readonly record struct Position(string File, int Line, int Column)
{
    public override string ToString() => Line == 0 ? File : $"{File}:{Line}:{Column}";
}

/// <summary>One thing wrong with the input: what, where, and what to do about it.</summary>
public sealed record Problem(Position Where, string What, string Fix)
{
    public override string ToString() => $"{What} ({Where}): {Fix}";
}

/// <summary>A manifest file as it was read; <paramref name="Path"/> is relative to the source's root, with <c>/</c>.</summary>
public sealed record ManifestFile(string Path, ReadOnlyMemory<byte> Content)
{
    /// <summary>Whether its owner may run it.</summary>
    public bool IsExecutable { get; init; }

    /// <summary>Where the content really lies in the source, when symlinks lead from <see cref="Path"/> to it; null for a file itself.</summary>
    public string? LinkedFrom { get; init; }

    /// <summary>Whether the file is read as a manifest; null to tell by its name.</summary>
    public bool? IsManifest { get; init; }

    /// <summary>
    /// Why nothing may use the file, such as a symlink that leads nowhere; it has no content then. Null for one that may be used.
    /// </summary>
    public string? Refused { get; init; }
}
