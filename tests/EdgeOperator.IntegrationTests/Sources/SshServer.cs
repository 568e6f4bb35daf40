using System.Net.Sockets;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Sources;

/// <summary>A real sshd on loopback, with a host key, a user key and a port of its own.</summary>
internal sealed class SshServer : IAsyncDisposable
{
    private readonly TempFolder _folder = new("ssh");
    private GuardedProcess _process = null!;

    public int Port { get; } = FreePort.Next();

    /// <summary>A key that the server lets in.</summary>
    public string KeyFile => Path.Combine(_folder, "user");

    /// <summary>A key that it does not.</summary>
    public string StrangersKeyFile => Path.Combine(_folder, "stranger");

    /// <summary>The server's key, as clients know it.</summary>
    public string KnownHosts { get; private set; } = "";

    public string Url(string path) => $"ssh://{Environment.UserName}@127.0.0.1:{Port}{path}";

    /// <param name="version2">Let clients ask for version 2 of git's protocol; sshd by itself does not.</param>
    /// <param name="commands">A folder with further commands that the server has; null for none.</param>
    public static async Task<SshServer> StartAsync(bool version2 = true, string? commands = null)
    {
        var server = new SshServer();
        foreach (var name in (string[])["host", "user", "stranger"])
            await Shell.RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(server._folder, name));

        var key = (await File.ReadAllTextAsync(Path.Combine(server._folder, "host.pub"))).Split(' ');
        server.KnownHosts = $"[127.0.0.1]:{server.Port} {key[0]} {key[1]}\n";
        server._folder.Write(
            "config",
            $"""
            ListenAddress 127.0.0.1:{server.Port}
            HostKey {server._folder}/host
            AuthorizedKeysFile {server._folder}/user.pub
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            PermitRootLogin yes
            PidFile none
            {(version2 ? "AcceptEnv GIT_PROTOCOL" : "")}
            {(commands is null ? "" : $"SetEnv PATH={commands}:/usr/local/bin:/usr/bin:/bin")}

            """);

        // The folder that Debian's sshd wants to find empty.
        if (Environment.UserName == "root")
            Directory.CreateDirectory("/run/sshd");

        server._process = GuardedProcess.Start(
            Path.Combine(server._folder, "log"), "", "/usr/sbin/sshd", "-D", "-e", "-f", Path.Combine(server._folder, "config"));
        await Eventually.SucceedsAsync(() =>
        {
            using var client = new TcpClient();
            client.Connect("127.0.0.1", server.Port);
        });
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }
}
