using EdgeOperator.Core.Manifests;
using EdgeOperator.Git;

namespace EdgeOperator.Hub.Repositories;

/// <summary>
/// Which commits of a repository are acceptable: where signatures are wanted, those that an allowed key has signed and that come after the one
/// that was verified last.
/// </summary>
internal sealed class RepositoryTrust(GitSourceConfiguration configuration, RepositoryMirror mirror, TimeProvider time)
{
    /// <param name="followed">What is followed.</param>
    /// <returns>The state with what was verified.</returns>
    /// <exception cref="FetchException">The commit is not acceptable.</exception>
    public async Task<RepositoryState> CheckAsync(RepositoryState state, GitRef followed, RemoteRef target, CancellationToken cancellation)
    {
        if (configuration.Verify is not GitVerification.Signed keys)
            return state;
        var of = $"{configuration.Url} {followed}";
        var last = state.Verified.GetValueOrDefault(of);
        var seenAt = SeenAt(target.Commit, last);
        await mirror.CheckSignatureAsync(keys, target, seenAt, cancellation);
        var isFree = keys.AllowRewind || followed is GitRef.Commit || state.AllowRewind;
        if (!isFree && last is not null && last.Commit != target.Commit && !mirror.IsDescendant(target.Commit, last.Commit))
            throw new FetchException(
                FetchReasons.RewindRefused,
                $"{target.Display} is signed, but does not descend from {last.Display}, the commit that was verified last: the branch or tag was reset, or its history rewritten. `edgeop hub repositories sync --allow-rewind` accepts it once");
        return state with { Verified = state.Verified.SetItem(of, new(target.Commit, target.Display, seenAt)) };
    }

    private DateTimeOffset SeenAt(string commit, VerifiedRef? last)
    {
        var now = time.GetUtcNow();
        if (last?.Commit == commit)
            return last.SeenAt;

        // A clock that was set back must not bring an expired key back to life.
        return last?.SeenAt > now ? last.SeenAt : now;
    }
}
