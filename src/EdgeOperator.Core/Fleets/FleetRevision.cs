using EdgeOperator.Core.Artifacts;

namespace EdgeOperator.Core.Fleets;

/// <summary>What the devices of a fleet are to be at: a commit of a Git source of their own, or an artifact that a hub has made of one.</summary>
/// <param name="Digest">Of the artifact; null for a commit alone.</param>
public sealed record FleetRevision(string Commit, string? Digest = null)
{
    private const char Separator = '@';

    /// <summary>Reads what <see cref="ToString"/> has written.</summary>
    public static FleetRevision Parse(string text) => text.IndexOf(Separator) is var at and > 0 && ArtifactDigest.TryGetHash(text[(at + 1)..], out _)
        ? new(text[..at], text[(at + 1)..])
        : new(text);

    /// <summary>The commit alone, for people.</summary>
    public static string CommitOf(string revision) => Parse(revision).Commit;

    public override string ToString() => Digest is null ? Commit : $"{Commit}{Separator}{Digest}";
}
