namespace EdgeOperator.Git.Lfs;

/// <summary>An SSH address of a repository, parsed as git does.</summary>
/// <param name="Options">Options of ssh: the port, if one is given.</param>
/// <param name="Host">With the user, if one is given.</param>
/// <param name="Path">As the server knows the repository.</param>
internal sealed record SshTarget(string[] Options, string Host, string Path)
{
    private const string Scheme = "ssh://";

    /// <param name="address">That of a <see cref="EdgeOperator.Git.GitUrl"/> over SSH.</param>
    public static SshTarget Parse(string address)
    {
        if (!address.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            var separator = address.IndexOf(':');
            return new([], address[..separator], address[(separator + 1)..]);
        }

        var rest = address[Scheme.Length..];
        var slash = rest.IndexOf('/');
        var (host, path) = slash < 0 ? (rest, "") : (rest[..slash], rest[slash..]);
        var colon = host.EndsWith(']') ? -1 : host.LastIndexOf(':');
        string[] port = colon < 0 ? [] : ["-p", host[(colon + 1)..]];
        host = colon < 0 ? host : host[..colon];

        // ssh does not accept brackets around an IPv6 address, and git takes "/~user" for a path from that home.
        return new(port, host.Replace("[", "").Replace("]", ""), path.StartsWith("/~", StringComparison.Ordinal) ? path[1..] : path);
    }
}
