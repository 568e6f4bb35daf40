using System.Diagnostics;
using System.Runtime.Versioning;
using EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;
using EdgeOperator.Platform.Processes;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

/// <summary>A tunnel to an sshd on this very machine that has what a guest's seed would give it: everything of a guest but the machine.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LoopbackGuest : IAsyncDisposable
{
    public const string Name = "m";

    private readonly TempFolder _state = new("vm");
    private readonly List<SshTunnel> _tunnels = [];
    private GuardedProcess? _sshd;

    private LoopbackGuest()
    {
    }

    public int Port { get; } = FreePort.Next();

    /// <summary>As an agent's state directory.</summary>
    public TempFolder State => _state;

    /// <summary>The machine's own.</summary>
    public string Folder => $"{_state}/vms/{Name}";

    public ProcessSupervisor Supervisor { get; } = new(TimeProvider.System);

    public SshTunnelTarget Target => new(Port);

    public static async Task<LoopbackGuest> StartAsync()
    {
        var guest = new LoopbackGuest();
        Directory.CreateDirectory("/run/sshd");
        foreach (var file in await guest.Tunnel().SeedAsync(new(), CancellationToken.None))
        {
            var path = guest._state.File($"seed/{file.Name}");
            await File.WriteAllBytesAsync(path, file.Content.ToArray());
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        guest.StartSshd();
        return guest;
    }

    /// <summary>The tunnel as an agent sees it that has just begun.</summary>
    public SshTunnel Tunnel(ProcessSupervisor? supervisor = null, string edgeop = "edgeop")
    {
        Directory.CreateDirectory(Folder);
        var tunnel = new SshTunnel(Folder, supervisor ?? Supervisor, [edgeop], TimeProvider.System);
        _tunnels.Add(tunnel);
        return tunnel;
    }

    /// <summary>Waits until the tunnel is open.</summary>
    public async Task<SshTunnel> OpenAsync(SshTunnelTarget target)
    {
        var tunnel = Tunnel();
        await Eventually.TrueAsync("it is open", () => tunnel.OpenAsync(target, CancellationToken.None));
        return tunnel;
    }

    public void StartSshd() => _sshd = GuardedProcess.Start(
        _state.File("sshd.log"), "", "/usr/sbin/sshd", "-D", "-e", "-f", "/dev/null",
        "-o", $"ListenAddress=127.0.0.1:{Port}",
        "-o", $"HostKey={_state}/seed/ssh_host_ed25519_key",
        "-o", $"AuthorizedKeysFile={_state}/seed/authorized_keys",
        "-o", "StrictModes=no", "-o", "PidFile=none", "-o", "MaxSessions=1000", "-o", "StreamLocalBindUnlink=yes", "-o", "AcceptEnv=LC_*");

    /// <summary>Ends the sshd, its connections too.</summary>
    public async Task StopSshdAsync()
    {
        using var kill = Process.Start("pkill", ["-KILL", "-P", $"{_sshd!.Id}"])!;
        await kill.WaitForExitAsync();
        await _sshd.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _tunnels[0].CloseAsync(CancellationToken.None);
        await StopSshdAsync();
        _state.Dispose();
    }
}
