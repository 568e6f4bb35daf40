using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Git;

/// <summary>The <c>ssh</c> that a source's server is reached with.</summary>
internal static class SshCommand
{
    /// <summary>The shell command that git wants it to be.</summary>
    /// <inheritdoc cref="Words"/>
    public static string Compose(GitSourceConfiguration configuration, string rememberedHosts) =>
        string.Join(' ', Words(configuration, rememberedHosts).Select(Quote));

    /// <summary>The program and its options.</summary>
    /// <param name="rememberedHosts">Where keys of servers are kept that were met without a known hosts file.</param>
    /// <exception cref="FetchException">A file that is configured is missing.</exception>
    public static List<string> Words(GitSourceConfiguration configuration, string rememberedHosts)
    {
        if (configuration.Proxy is not null)
            throw new FetchException(FetchReasons.Refused, "proxy works with http and https urls only");

        List<string> words =
        [
            "ssh", "-F", "none",
            "-o", "BatchMode=yes",
            "-o", "ForwardAgent=no",
            "-o", "ClearAllForwardings=yes",
            "-o", "ConnectTimeout=15",
            "-o", "ServerAliveInterval=15",
            "-o", "ServerAliveCountMax=2",
        ];

        if (configuration.KnownHostsFile is { } knownHosts)
            words.AddRange(["-o", "StrictHostKeyChecking=yes", "-o", "GlobalKnownHostsFile=/dev/null", "-o", FileOption("UserKnownHostsFile", GitEnvironment.Existing("the known hosts file", knownHosts))]);
        else
            words.AddRange(["-o", "StrictHostKeyChecking=accept-new", "-o", FileOption("UserKnownHostsFile", rememberedHosts)]);

        if (configuration.SshKeyFile is { } key)
            words.AddRange(["-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", FileOption("IdentityFile", GitEnvironment.Existing("the key file", key))]);

        return words;
    }

    /// <summary>A word as a POSIX shell reads it back.</summary>
    public static string Quote(string word) => $"'{word.Replace("'", @"'\''")}'";

    // ssh splits the value itself, and knows % as the start of a token.
    private static string FileOption(string name, string path) => $"{name}=\"{path.Replace("%", "%%")}\"";
}
