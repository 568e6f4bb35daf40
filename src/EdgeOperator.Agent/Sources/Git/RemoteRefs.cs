using EdgeOperator.Agent.Sources.Git.Protocol;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Git;

namespace EdgeOperator.Agent.Sources.Git;

/// <summary>
/// What a server's refs point to: asked for over HTTP where the server speaks version 2 of Git's protocol, which takes no process, and by
/// <c>git ls-remote</c> otherwise, which also says best what is wrong.
/// </summary>
/// <param name="http">Null for addresses that only git can reach.</param>
internal sealed class RemoteRefs(GitProgram git, GitUrl url, UploadPackClient? http, TimeProvider time)
{
    /// <summary>How long a server that git understands, and the client does not, is left to git.</summary>
    private static readonly TimeSpan FallbackLifetime = TimeSpan.FromMinutes(10);

    private long? _fallbackSince;

    /// <returns>The id of each ref that matters by its full name; empty when the server need not be asked.</returns>
    /// <exception cref="FetchException">The ref is not one, or the server can't be asked.</exception>
    public async Task<IReadOnlyDictionary<string, string>> ListAsync(GitRef wanted, CancellationToken cancellation)
    {
        var patterns = RemoteRef.Patterns(wanted);
        if (patterns.Length == 0)
            return new Dictionary<string, string>();

        if (http is not null && !(_fallbackSince is { } since && time.GetElapsedTime(since) < FallbackLifetime))
        {
            try
            {
                return await http.ListAsync(RemoteRef.Prefixes(wanted), cancellation);
            }
            catch (GitProtocolException)
            {
                _fallbackSince = null;
            }
        }

        var printed = await git.AskAsync(["ls-remote", "--quiet", "--", url.Address, .. patterns], cancellation);
        _fallbackSince ??= time.GetTimestamp();
        return RemoteRef.Parse(printed);
    }
}
