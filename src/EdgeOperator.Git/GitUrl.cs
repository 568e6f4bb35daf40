namespace EdgeOperator.Git;

internal enum GitTransport
{
    File,
    Http,
    Https,
    Ssh,
}

/// <summary>A repository's address, taken apart as far as it matters and found harmless.</summary>
/// <param name="Address">What git is given: never with a password.</param>
/// <param name="Origin">For HTTP and HTTPS, scheme, host and port, as settings for one server are keyed; empty otherwise.</param>
/// <param name="Login">User and password that stood in the address, percent-decoded; null when none did.</param>
internal sealed record GitUrl(GitTransport Transport, string Address, string Origin, (string User, string Password)? Login)
{
    private const string FileScheme = "file://";

    /// <summary>The repository's folder on this device; null when it is elsewhere.</summary>
    public string? LocalPath => Transport != GitTransport.File ? null
        : Address.StartsWith(FileScheme, StringComparison.OrdinalIgnoreCase) ? Native(Address[FileScheme.Length..]) : Address;

    /// <summary>Whether another address, such as a checkout's remote, means the same repository, over whatever transport.</summary>
    public bool IsSameRepository(string address) => Normal(address) == Normal(Address);

    // file:///C:/path
    private static string Native(string path) => OperatingSystem.IsWindows() && path is ['/', _, ':', ..] ? path[1..] : path;

    // Host and path: without scheme, login, port and the ending that servers take or leave.
    private static string Normal(string address)
    {
        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        var rest = scheme >= 0 ? address[(scheme + 3)..] : address;
        var isPath = rest.StartsWith('/');
        var slash = rest.IndexOf('/');
        var colon = rest.IndexOf(':');

        // user@host:path
        if (scheme < 0 && !isPath && colon > 0 && (slash < 0 || colon < slash))
            (rest, slash) = (rest[..colon] + "/" + rest[(colon + 1)..].TrimStart('/'), colon);

        var host = isPath || slash < 0 ? "" : rest[..slash];
        host = host[(host.LastIndexOf('@') + 1)..].Split(':')[0].ToLowerInvariant();
        var path = (isPath || slash < 0 ? rest : rest[slash..]).TrimEnd('/');
        foreach (var ending in (string[])[".git", "/"])
            path = path.EndsWith(ending, StringComparison.Ordinal) ? path[..^ending.Length] : path;

        return host + path;
    }

    /// <exception cref="FetchException">Not an address, or one that is not allowed; says why.</exception>
    public static GitUrl Parse(string url)
    {
        if (url.Length == 0 || url.Any(c => char.IsControl(c)) || url.StartsWith('-'))
            throw Refused("the url is empty, has control characters or begins with a dash");

        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0)
            return ParseScheme(url, url[..scheme].ToLowerInvariant(), url[(scheme + 3)..]);

        if (Path.IsPathFullyQualified(url))
            return new(GitTransport.File, url, "", null);

        if (url.Contains("::"))
            throw Refused($"the url names a remote helper ({url[..url.IndexOf("::", StringComparison.Ordinal)]}::), which could run any program: use https, ssh or file");

        return IsScpLike(url)
            ? new(GitTransport.Ssh, url, "", null)
            : throw Refused("the url is neither https://, ssh://, file://, user@host:path nor an absolute path");
    }

    private static GitUrl ParseScheme(string url, string scheme, string rest) => scheme switch
    {
        "https" => ParseHttp(GitTransport.Https, scheme, rest),
        "http" => ParseHttp(GitTransport.Http, scheme, rest),
        "ssh" => ParseSsh(url, rest),
        "file" when rest.StartsWith('/') => new(GitTransport.File, url, "", null),
        "file" => throw Refused("a file url has an absolute path: file:///path"),
        "git" => throw Refused("git:// proves nothing about the server and hides nothing: use https or ssh"),
        _ => throw Refused($"the scheme {scheme} is not supported: use https, ssh or file"),
    };

    private static GitUrl ParseHttp(GitTransport transport, string scheme, string rest)
    {
        var (login, host, path) = SplitAuthority(rest);
        var origin = $"{scheme}://{host}";
        var colon = login?.IndexOf(':') ?? -1;
        (string, string)? credentials = login is null ? null
            : colon < 0 ? (Uri.UnescapeDataString(login), "")
            : (Uri.UnescapeDataString(login[..colon]), Uri.UnescapeDataString(login[(colon + 1)..]));
        return new(transport, origin + path, origin + "/", credentials);
    }

    private static GitUrl ParseSsh(string url, string rest)
    {
        var (login, _, _) = SplitAuthority(rest);
        return login is null || !(login.StartsWith('-') || login.Contains(':'))
            ? new(GitTransport.Ssh, url, "", null)
            : throw Refused("an ssh url has a plain user name and no password: use a key file");
    }

    private static (string? Login, string Host, string Path) SplitAuthority(string rest)
    {
        var end = rest.IndexOfAny(['/', '?', '#']);
        var authority = end < 0 ? rest : rest[..end];
        var at = authority.LastIndexOf('@');
        var host = authority[(at + 1)..];
        return host.Length > 0 && !host.StartsWith('-') && !host.Any(char.IsWhiteSpace)
            ? (at < 0 ? null : authority[..at], host, end < 0 ? "" : rest[end..])
            : throw Refused("the url has no usable host name");
    }

    private static bool IsScpLike(string url)
    {
        var colon = url.IndexOf(':');
        var host = colon > 0 ? url[..colon] : "";
        var name = host[(host.LastIndexOf('@') + 1)..];
        return name.Length > 1 && !host.Contains('/') && !name.StartsWith('-') && !host.Any(char.IsWhiteSpace) && colon < url.Length - 1;
    }

    private static FetchException Refused(string message) => new(FetchReasons.Refused, message);
}
