using EdgeOperator.Git;
using EdgeOperator.Git.Signatures;

namespace EdgeOperator.Agent.Sources.Git;

/// <summary>
/// Which commits of a signed source are acceptable: those that an allowed key has signed and that come after the one that was
/// verified last. A signature alone does not say that a commit is new: every old one has one too.
/// </summary>
/// <param name="of">The repository and what is followed in it.</param>
/// <param name="allowRewind">Accept what does not come after the last one, too.</param>
internal sealed class GitTrust(
    GitSignature signature, GitRepository repository, VerifiedCommitFile record, string of, bool allowRewind, TimeProvider time)
{
    /// <summary>Commits that are fetched at once where history is needed: as many as come between two polls as a rule.</summary>
    private const int UsualDepth = 8;

    /// <summary>Changes when the trusted keys do.</summary>
    public string Fingerprint => signature.Fingerprint;

    /// <summary>The commit that was verified last; null when there is none yet, or when it does not matter.</summary>
    /// <exception cref="FetchException">It is not known any more.</exception>
    /// <exception cref="IOException">The record was lost, and can't be written again.</exception>
    public VerifiedCommit? Last(FetchRequest request)
    {
        // What is stored was verified under these very settings. Where all records of the source are lost, the device's revision still has its commit.
        var stored = (request.Known ?? request.Previous) is { } known ? new VerifiedCommit(of, known.Split(':')[0], "the stored commit", DateTimeOffset.MinValue) : null;
        try
        {
            var last = record.Read() ?? Restored(stored);
            return last?.Of == of ? last : null;
        }
        catch (FetchException) when (stored is not null || request.AllowRewind || allowRewind)
        {
            return Restored(stored);
        }
    }

    // Written back at once: what it was taken from may be lost next, while everything that the source has is refused.
    private VerifiedCommit? Restored(VerifiedCommit? stored)
    {
        if (stored is not null)
            record.Write(stored);
        return stored;
    }

    /// <summary>How much history to fetch along with a commit.</summary>
    public int DepthFrom(VerifiedCommit? last, RemoteRef target) => allowRewind || last is null || last.Commit == target.Commit ? 1 : UsualDepth;

    /// <param name="acceptRewind">An operator accepts a rewind this once.</param>
    /// <exception cref="FetchException">The commit is not acceptable.</exception>
    public async Task<Verdict> CheckAsync(
        RemoteRef target, string commit, VerifiedCommit? last, bool acceptRewind, CancellationToken cancellation)
    {
        var seenAt = acceptRewind ? time.GetUtcNow() : SeenAt(commit, last);
        await signature.CheckAsync(target, commit, seenAt, cancellation);

        var verified = new VerifiedCommit(of, commit, target.Display, seenAt);
        if (allowRewind || last is null || last.Commit == commit || await repository.IsDescendantAsync(target, commit, last.Commit, cancellation))
            return new(verified, Rewind: null);

        var (from, to) = ($"{last.Display} ({GitText.Short(last.Commit)})", $"{target.Display} ({GitText.Short(commit)})");
        return acceptRewind
            ? new Verdict(verified, $"from {from} to {to}")
            : throw new FetchException(
                FetchReasons.RewindRefused,
                $"{to} is signed, but does not descend from {from}, the commit that was verified last: the branch or tag was reset, or its history rewritten. `edgeop reconcile --allow-rewind` accepts it once");
    }

    /// <exception cref="IOException">The disk is full or failed.</exception>
    public void Remember(VerifiedCommit verified) => record.Write(verified);

    private DateTimeOffset SeenAt(string commit, VerifiedCommit? last)
    {
        var now = time.GetUtcNow();
        if (last?.Commit == commit && last.SeenAt > DateTimeOffset.MinValue)
            return last.SeenAt;

        // A clock that was set back must not bring an expired key back to life.
        return last?.SeenAt > now ? last.SeenAt : now;
    }
}

/// <param name="Verified">What to remember when the commit is taken.</param>
/// <param name="Rewind">From where to where the source goes back, as an operator has accepted; null when it does not.</param>
internal sealed record Verdict(VerifiedCommit Verified, string? Rewind);
