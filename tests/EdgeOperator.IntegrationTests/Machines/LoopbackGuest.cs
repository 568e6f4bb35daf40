using System.Diagnostics;
using System.Runtime.Versioning;
using EdgeOperator.Agent.Drivers.Machines.Bridge;
using EdgeOperator.Agent.Supervision;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Machines;

/// <summary>A bridge to an sshd on this very machine that has what a guest's seed would give it: everything of a guest but the machine.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LoopbackGuest : IAsyncDisposable
{
    private readonly TempFolder _folder = new("vm");
    private readonly List<MachineBridge> _bridges = [];
    private GuardedProcess? _sshd;

    private LoopbackGuest()
    {
    }

    public int Port { get; } = FreePort.Next();

    public string Folder => _folder;

    public ProcessSupervisor Supervisor { get; } = new(TimeProvider.System);

    public BridgeTarget Target => new(Port);

    public static async Task<LoopbackGuest> StartAsync()
    {
        var guest = new LoopbackGuest();
        Directory.CreateDirectory("/run/sshd");
        foreach (var file in await guest.Bridge().SeedAsync(new(), CancellationToken.None))
        {
            var path = guest._folder.File($"seed/{file.Name}");
            await File.WriteAllBytesAsync(path, file.Content.ToArray());
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        guest.StartSshd();
        return guest;
    }

    /// <summary>The bridge as an agent sees it that has just begun.</summary>
    public MachineBridge Bridge(ProcessSupervisor? supervisor = null)
    {
        var bridge = new MachineBridge(_folder.Path + "/m1", supervisor ?? Supervisor, ["edgeop"], TimeProvider.System);
        Directory.CreateDirectory(_folder.Path + "/m1");
        _bridges.Add(bridge);
        return bridge;
    }

    public void StartSshd() => _sshd = GuardedProcess.Start(
        _folder.File("sshd.log"), "", "/usr/sbin/sshd", "-D", "-e", "-f", "/dev/null",
        "-o", $"ListenAddress=127.0.0.1:{Port}",
        "-o", $"HostKey={_folder}/seed/ssh_host_ed25519_key",
        "-o", $"AuthorizedKeysFile={_folder}/seed/authorized_keys",
        "-o", "StrictModes=no", "-o", "PidFile=none", "-o", "MaxSessions=1000", "-o", "StreamLocalBindUnlink=yes");

    /// <summary>Ends the sshd, its connections too.</summary>
    public async Task StopSshdAsync()
    {
        using var kill = Process.Start("pkill", ["-KILL", "-P", $"{_sshd!.Id}"])!;
        await kill.WaitForExitAsync();
        await _sshd.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _bridges[0].CloseAsync(CancellationToken.None);
        await StopSshdAsync();
        _folder.Dispose();
    }
}
