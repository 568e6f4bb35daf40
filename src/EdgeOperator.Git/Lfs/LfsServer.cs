using System.Text.Json;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Git.Tree;

namespace EdgeOperator.Git.Lfs;

/// <summary>
/// The server of Git LFS that belongs to a source: the one that the commit's <c>.lfsconfig</c> names, or the one beside the
/// repository, over HTTPS or as SSH names it. A login goes only to the repository's own server.
/// </summary>
/// <param name="complete">Brings over a file of a commit, by its object's id, that a partial fetch has left out.</param>
internal sealed class LfsServer(GitSourceConfiguration configuration, GitUrl url, GitEnvironment environment, GitProgram git, Func<string, string, CancellationToken, Task> complete)
{
    /// <summary>Objects that are asked for at once; few, since the addresses that are handed out expire.</summary>
    public const int MaxBatch = 50;

    /// <summary>How ssh itself ends when it fails, whatever the command would end with.</summary>
    private const int SshFailed = 255;

    private static readonly Dictionary<string, string> NoHeaders = [];

    /// <summary>Downloads objects to the cache.</summary>
    /// <returns>The objects that can't be had, and why, following "is a Git LFS pointer to a file".</returns>
    /// <exception cref="LfsException">The server can't be reached, or fails for now.</exception>
    /// <exception cref="FetchException">A configured file is missing or unusable.</exception>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public async Task<Dictionary<LfsPointer, string>> DownloadAsync(
        string commit, LfsPointer[] pointers, LfsCache cache, CancellationToken cancellation)
    {
        try
        {
            var endpoint = await FindAsync(commit, cancellation);
            using var http = GitHttp.Create(configuration);
            return await new LfsDownload(http, endpoint, cache).RunAsync(pointers, cancellation);
        }
        catch (LfsRefusedException e)
        {
            return pointers.ToDictionary(pointer => pointer, _ => $"that can't be fetched: {GitText.Clean(e.Message)}");
        }
    }

    private async Task<LfsEndpoint> FindAsync(string commit, CancellationToken cancellation)
    {
        if (await ConfiguredAsync(commit, cancellation) is { } configured)
        {
            return Address(configured) is { } address
                ? Over(address, url.Origin.Length > 0 && address.AbsoluteUri.StartsWith(url.Origin, StringComparison.OrdinalIgnoreCase))
                : throw new LfsRefusedException($"the repository's .lfsconfig names {configured}, which is neither an https nor an http address");
        }

        return url.Transport switch
        {
            GitTransport.Ssh => await AskSshAsync(cancellation),
            GitTransport.File => throw new LfsRefusedException("the repository does not have it in lfs/objects: `git lfs fetch --all` there"),
            _ when Address(LfsEndpoint.Guess(url.Address)) is { } address => Over(address, isOwn: true),
            _ => throw new LfsRefusedException("the server's address can't be derived from the repository's"),
        };
    }

    private LfsEndpoint Over(Uri address, bool isOwn)
    {
        var login = isOwn ? environment.Authorization() : null;
        return new(address, login is null ? NoHeaders : new Dictionary<string, string> { ["Authorization"] = login }, login);
    }

    // Read by git itself, and from the commit that has been verified.
    private async Task<string?> ConfiguredAsync(string commit, CancellationToken cancellation)
    {
        var listed = await git.RunAsync(["ls-tree", "-z", "--full-tree", commit, ".lfsconfig"], "", cancellation);
        if (listed.Split(' ', '\t') is not ["100644" or "100755", "blob", var id, ..])
            return null;

        await complete(commit, id, cancellation);
        foreach (var key in (string[])["lfs.url", "remote.origin.lfsurl"])
        {
            if (await git.FindAsync(["config", $"--blob={id}", "--no-includes", "--get", key], cancellation) is { Length: > 0 } value)
                return value;
        }

        return null;
    }

    private static Uri? Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp) && address.UserInfo.Length == 0
            ? address
            : null;

    // https://github.com/git-lfs/git-lfs/blob/main/docs/api/authentication.md
    private async Task<LfsEndpoint> AskSshAsync(CancellationToken cancellation)
    {
        var target = SshTarget.Parse(url.Address);
        var (result, output) = await git.SshAsync(
            [.. target.Options, "--", target.Host, $"git-lfs-authenticate {SshCommand.Quote(target.Path)} download"], cancellation);
        if (result.ExitCode == SshFailed && GitErrors.Explain(result, FetchReasons.Unreachable) is var failure)
            throw new LfsException(failure.Reason, failure.Message);
        if (result.ExitCode != 0)
            throw new LfsRefusedException($"the SSH server does not offer it (git-lfs-authenticate: {result.Errors.Trim()})");

        var answer = Parse(output);
        return answer?.Href is { } href && Address(href) is { } address
            ? new(address, answer.Header ?? NoHeaders, Authorization: null)
            : throw new LfsRefusedException("git-lfs-authenticate on the SSH server names no https address");
    }

    private static LfsAuthentication? Parse(string output)
    {
        try
        {
            return JsonSerializer.Deserialize(output, LfsJson.Default.LfsAuthentication);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
