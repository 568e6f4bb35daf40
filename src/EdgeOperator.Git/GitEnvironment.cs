using System.Text;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Git;

/// <summary>
/// The environment that git runs in: nothing is inherited but the search path, so no setting, hook, helper or login of a
/// user or of the machine takes part. Secrets travel here rather than in arguments, which every user can list.
/// </summary>
internal sealed class GitEnvironment(GitSourceConfiguration configuration, GitUrl url, string folder)
{
    private const int MaxTokenLength = 16 * 1024;

    // A file, because nothing else reaches the git that serves a local repository (which may be another user's: nothing of
    // its settings is run), and no version of git misses it. Nothing is flushed: a mirror is a cache, which git verifies as it reads, and
    // which is replaced when a power failure has damaged it.
    private const string Settings = """
        [safe]
            directory = *
        [protocol]
            version = 2
            allow = never
        [protocol "ext"]
            allow = never
        [core]
            hooksPath = /dev/null
            fsmonitor = false
            bigFileThreshold = 16m
            fsync = none
        [credential]
            helper =
        [gc]
            auto = 0
        [maintenance]
            auto = false
        [fetch]
            recurseSubmodules = false
            unpackLimit = 1
        [submodule]
            recurse = false
        [pack]
            threads = 1
        [http]
            lowSpeedLimit = 500
            lowSpeedTime = 30
        [gpg]
            program = gpg
        [gpg "x509"]
            program = false
        [gpg "ssh"]
            program = ssh-keygen

        """;

    private static readonly string[] WindowsNames = ["SystemRoot", "SystemDrive", "windir", "ProgramData", "TEMP", "TMP", "PATHEXT"];

    private string Home => Path.Combine(folder, "home");

    private string RememberedHosts => Path.Combine(folder, "known_hosts");

    /// <summary>A login is configured that goes along with each request.</summary>
    public bool HasLogin => configuration.TokenFile is not null || url.Login is not null;

    /// <summary>The <c>ssh</c> that the server is reached with, and its options.</summary>
    /// <exception cref="FetchException">A file that is configured is missing.</exception>
    public List<string> Ssh() => SshCommand.Words(configuration, RememberedHosts);

    /// <summary>What goes along with a request as <c>Authorization: Basic</c>; null without a login.</summary>
    /// <exception cref="FetchException">The token file is missing or unusable.</exception>
    public string? Authorization() => Encoded() is { } login ? $"Basic {login}" : null;

    /// <summary>Writes the settings file, unless it is there as it should be.</summary>
    public void Prepare()
    {
        PrivateFolder.Create(Home);
        var file = Path.Combine(Home, ".gitconfig");
        StateFile.WriteChanged(file, Encoding.UTF8.GetBytes(Settings));
    }

    /// <summary>For commands that only work on what is here: any attempt to reach a server fails.</summary>
    public Dictionary<string, string> Local()
    {
        var variables = new Dictionary<string, string>
        {
            ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin",
            ["HOME"] = Home,
            ["LC_ALL"] = "C",
            ["GIT_CONFIG_NOSYSTEM"] = "1",
            ["GIT_ATTR_NOSYSTEM"] = "1",
            ["GIT_NO_REPLACE_OBJECTS"] = "1",
            ["GIT_TERMINAL_PROMPT"] = "0",
            ["GIT_CEILING_DIRECTORIES"] = Path.GetDirectoryName(Path.GetFullPath(folder)) ?? folder,
            ["GIT_ALLOW_PROTOCOL"] = "none",

            // From git 2.45 on; before, the attempt fails for want of a protocol.
            ["GIT_NO_LAZY_FETCH"] = "1",
        };

        // Times without a zone in an allowed signers file are local ones: git, ssh-keygen and the agent must agree on it.
        if (Environment.GetEnvironmentVariable("TZ") is { Length: > 0 } zone)
            variables["TZ"] = zone;

        if (OperatingSystem.IsWindows())
        {
            foreach (var name in WindowsNames)
                variables[name] = Environment.GetEnvironmentVariable(name) ?? "";
        }

        return variables;
    }

    /// <summary>For commands that talk to the server. Files with keys are read afresh, so that they can be replaced.</summary>
    /// <exception cref="FetchException">A file that is configured is missing or unusable.</exception>
    public Dictionary<string, string> Network()
    {
        var variables = Local();
        switch (url.Transport)
        {
            case GitTransport.File:
                variables["GIT_ALLOW_PROTOCOL"] = "file";
                break;
            case GitTransport.Ssh:
                variables["GIT_ALLOW_PROTOCOL"] = "ssh";
                variables["GIT_SSH_COMMAND"] = SshCommand.Compose(configuration, RememberedHosts);
                variables["GIT_SSH_VARIANT"] = "ssh";
                break;
            case GitTransport.Http or GitTransport.Https:
                variables["GIT_ALLOW_PROTOCOL"] = url.Transport == GitTransport.Http ? "http:https" : "https";
                AddSettings(variables, [.. HttpSettings()]);
                break;
        }

        return variables;
    }

    private static void AddSettings(Dictionary<string, string> variables, (string Key, string Value)[] settings)
    {
        variables["GIT_CONFIG_COUNT"] = settings.Length.ToString();
        foreach (var (index, (key, value)) in settings.Index())
            (variables[$"GIT_CONFIG_KEY_{index}"], variables[$"GIT_CONFIG_VALUE_{index}"]) = (key, value);
    }

    private IEnumerable<(string Key, string Value)> HttpSettings()
    {
        if (configuration.CaFile is { } ca)
            yield return ("http.sslCAInfo", Existing("the CA file", ca));

        if (configuration.Proxy is { } proxy)
            yield return ("http.proxy", proxy);

        if (Encoded() is { } login)
        {
            if (url.Transport == GitTransport.Http)
                throw new FetchException(FetchReasons.Refused, "a login over http could be read by anybody on the way: use https");

            // The header would go along to wherever the server redirects.
            yield return ("http.followRedirects", "false");
            yield return ($"http.{url.Origin}.extraHeader", $"Authorization: Basic {login}");
        }
    }

    /// <summary>The user and the token or password for the server; null without a login.</summary>
    /// <exception cref="FetchException">The token file is missing or unusable.</exception>
    public (string User, string Password)? Login() => configuration.TokenFile is { } file ? (configuration.TokenUser, ReadToken(file)) : url.Login;

    private string? Encoded() => Login() is var (user, password) ? Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")) : null;

    private static string ReadToken(string file)
    {
        var token = Reading("the token file", file, () => ReferencedFile.ReadText(file, MaxTokenLength)).Trim();
        return token.Length > 0 && !token.Any(char.IsControl) ? token
            : throw new FetchException(FetchReasons.AuthenticationFailed, $"the token file {file} does not hold one line with a token");
    }

    /// <summary>For a file that git or ssh is to read: neither would ever return from a pipe or an endless device.</summary>
    /// <exception cref="FetchException">It is missing, or no file that can be read.</exception>
    internal static string Existing(string what, string file) => Reading(what, file, () =>
    {
        ReferencedFile.Check(file);
        return file;
    });

    private static string Reading(string what, string file, Func<string> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FetchException(FetchReasons.AuthenticationFailed, $"{what} {file} does not exist");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FetchException(FetchReasons.AuthenticationFailed, $"{what} can't be used: {e.Message}");
        }
    }
}
