using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Git;

/// <summary>What git's error messages mean. Git is run in the C locale, so they read the same everywhere.</summary>
internal static class GitErrors
{
    private const string Advice = "Please make sure you have the correct access rights";

    private const string NoLogin = "the server asks for a login, and none is configured";
    private const string LoginRefused = "the server refused the configured login: the token is wrong, has expired, or has no right to this repository";

    // The first line that matches decides, so the specific ones come before the general.
    private static readonly (string Part, string Reason, string? Hint)[] Meanings =
    [
        ("No space left on device", FetchReasons.StorageUnavailable, null),
        ("Disk quota exceeded", FetchReasons.StorageUnavailable, null),
        ("Read-only file system", FetchReasons.StorageUnavailable, null),

        ("not a git repository: ", FetchReasons.Corrupt, null),
        ("bad object", FetchReasons.Corrupt, null),
        ("object file", FetchReasons.Corrupt, null),
        ("loose object", FetchReasons.Corrupt, null),
        ("inflate: ", FetchReasons.Corrupt, null),
        ("packfile ", FetchReasons.Corrupt, null),
        ("pack is corrupted", FetchReasons.Corrupt, null),
        ("pack has ", FetchReasons.Corrupt, null),
        ("necessary objects", FetchReasons.Corrupt, null),
        (".lock': File exists", FetchReasons.Corrupt, null),
        ("bad config", FetchReasons.Corrupt, null),

        ("Host key verification failed", FetchReasons.AuthenticationFailed, "the server's key is not the one in the known hosts file"),
        ("UNPROTECTED PRIVATE KEY FILE", FetchReasons.AuthenticationFailed, "others may read the key file: chmod 600"),
        ("Permission denied (", FetchReasons.AuthenticationFailed, "the server does not accept the key"),
        ("Too many authentication failures", FetchReasons.AuthenticationFailed, null),
        ("SSL certificate problem", FetchReasons.AuthenticationFailed, "the server's certificate is not trusted"),
        ("certificate verification failed", FetchReasons.AuthenticationFailed, "the server's certificate is not trusted"),
        ("no alternative certificate subject name", FetchReasons.AuthenticationFailed, "the server's certificate is for another name"),
        ("certificate subject name", FetchReasons.AuthenticationFailed, "the server's certificate is for another name"),
        ("error setting certificate", FetchReasons.AuthenticationFailed, "the CA file can't be used"),
        ("could not read Username", FetchReasons.AuthenticationFailed, NoLogin),
        ("could not read Password", FetchReasons.AuthenticationFailed, NoLogin),
        ("Authentication failed", FetchReasons.AuthenticationFailed, "the server does not accept the token"),
        ("returned error: 401", FetchReasons.AuthenticationFailed, "the server does not accept the token"),
        ("returned error: 403", FetchReasons.AuthenticationFailed, "the login has no right to this repository"),
        ("You are not allowed", FetchReasons.AuthenticationFailed, "the login has no right to this repository"),
        ("returned error: 407", FetchReasons.AuthenticationFailed, "the proxy asks for a login"),

        ("couldn't find remote ref", FetchReasons.NotFound, null),
        ("does not appear to be a git repository", FetchReasons.NotFound, null),
        ("Repository not found", FetchReasons.NotFound, null),
        ("returned error: 404", FetchReasons.NotFound, null),
        ("' not found", FetchReasons.NotFound, null),

        ("returned error: 30", FetchReasons.Refused, "the server redirects, which is not followed with a login: use the address that it redirects to"),
        ("unable to update url base from redirection", FetchReasons.Refused, "the server redirects: use the address that it redirects to"),
        ("not allowed", FetchReasons.Refused, null),
        ("not our ref", FetchReasons.Refused, null),
        ("unadvertised object", FetchReasons.Refused, null),
        ("does not support shallow", FetchReasons.Refused, "the server is a plain file server, not a git server"),
        ("upload-pack: not", FetchReasons.Refused, null),

        ("Could not resolve", FetchReasons.Unreachable, null),
        ("Connection refused", FetchReasons.Unreachable, null),
        ("Connection timed out", FetchReasons.Unreachable, null),
        ("Connection reset", FetchReasons.Unreachable, null),
        ("Connection closed", FetchReasons.Unreachable, null),
        ("Failed to connect", FetchReasons.Unreachable, null),
        ("Couldn't connect", FetchReasons.Unreachable, null),
        ("Network is unreachable", FetchReasons.Unreachable, null),
        ("No route to host", FetchReasons.Unreachable, null),
        ("Broken pipe", FetchReasons.Unreachable, null),
        ("Timeout, server", FetchReasons.Unreachable, null),
        ("too slow", FetchReasons.Unreachable, null),
        ("early EOF", FetchReasons.Unreachable, null),
        ("unexpected disconnect", FetchReasons.Unreachable, null),
        ("hung up", FetchReasons.Unreachable, null),
        ("RPC failed", FetchReasons.Unreachable, null),
        ("invalid index-pack output", FetchReasons.Unreachable, null),
        ("expected flush", FetchReasons.Unreachable, null),
        ("unable to access", FetchReasons.Unreachable, null),
        ("kex_exchange_identification", FetchReasons.Unreachable, null),
        ("Could not read from remote repository", FetchReasons.Unreachable, null),
    ];

    /// <summary>What went wrong with a command that talked to a server.</summary>
    /// <param name="otherwise">The reason of a complaint that nothing here knows.</param>
    /// <param name="hasLogin">A login was sent along; git asks for another when it is refused.</param>
    public static FetchException Explain(ChildResult result, string otherwise, bool hasLogin = false) => Explain(result, otherwise, Meanings, hasLogin);

    /// <summary>What went wrong with a command that had only the repository to work on.</summary>
    public static FetchException ExplainLocal(ChildResult result) =>
        Explain(result, FetchReasons.Corrupt, Meanings.Where(m => m.Reason == FetchReasons.StorageUnavailable), hasLogin: false);

    private static FetchException Explain(
        ChildResult result, string otherwise, IEnumerable<(string Part, string Reason, string? Hint)> meanings, bool hasLogin)
    {
        var lines = result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(l => !l.StartsWith(Advice, StringComparison.Ordinal)).ToArray();
        foreach (var (part, reason, hint) in meanings)
        {
            if (lines.FirstOrDefault(l => l.Contains(part, StringComparison.OrdinalIgnoreCase)) is { } line)
            {
                var advice = hint == NoLogin && hasLogin ? LoginRefused : hint;
                return new(reason, advice is null ? Plain(line) : $"{advice} ({Plain(line)})");
            }
        }

        var last = lines.FirstOrDefault(l => l.StartsWith("fatal:", StringComparison.Ordinal)) ?? lines.LastOrDefault();
        return new(otherwise, last is null ? $"git ended with {result.ExitCode}" : Plain(last));
    }

    private static string Plain(string line)
    {
        foreach (var prefix in (string[])["remote: ", "fatal: ", "error: ", "ERROR: "])
            line = line.StartsWith(prefix, StringComparison.Ordinal) ? line[prefix.Length..] : line;

        return GitText.Clean(line);
    }
}
