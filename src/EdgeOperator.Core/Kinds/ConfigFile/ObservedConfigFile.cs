using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Kinds.ConfigFile;

/// <summary>A file on the device, and what the agent remembers of it.</summary>
public sealed record ObservedConfigFile
{
    public required string Path { get; init; }

    public bool Exists { get; init; }

    /// <summary>Why the path can't be managed (a folder, a symlink out of the allowed roots, no permission); null when it can.</summary>
    public string? Refused { get; init; }

    /// <summary>
    /// SHA-256 of the content in lower-case hex; null when the file is missing. Of a file with secrets it is the desired one's
    /// (<see cref="ConfigFileSpec.ContentHash"/>) where the content is that, and otherwise one that is keyed by the device.
    /// </summary>
    public string? ContentHash { get; init; }

    public int Mode { get; init; }

    /// <summary>Whether the owner is the desired one; true when none is desired.</summary>
    public bool OwnerMatches { get; init; } = true;

    /// <summary>The resource that the agent wrote the file for; null when it never did.</summary>
    public ResourceId? WrittenFor { get; init; }

    /// <summary>The agent has written the file, and its record of that is lost in part or wholly; the next write renews it.</summary>
    public bool RecordDamaged { get; init; }

    /// <summary>The annotation <c>edgeoperator.io/prune: disabled</c> as it was when the file was written.</summary>
    public bool PruneDisabled { get; init; }

    /// <summary>When the agent last wrote the file, by its steady clock; null when it never did.</summary>
    public DateTimeOffset? WrittenAt { get; init; }

    /// <summary>The file was written and its <c>onChange</c> action has not succeeded yet.</summary>
    public bool ActionPending { get; init; }
}
