using System.Runtime.Versioning;
using EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>
/// Whether this host can start a machine: all that can be known without starting it, so that nothing that runs is stopped for what
/// could not come up again. Looking changes nothing.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class StartConditions(QemuPrograms programs, VirtiofsdSearch virtiofsd, StartRehearsal rehearsal)
{
    private const string TunDevice = "/dev/net/tun";

    /// <remarks>Ports of forwards are not looked at: who has them may be about to give them up for this very machine.</remarks>
    /// <returns>What is in the way; null when nothing is known to be.</returns>
    public async Task<StartObstacle?> FindAsync(MachineFolder folder, VirtualMachineConfig desired, CancellationToken cancellation)
    {
        if (programs.Missing is { } missing)
            return new("QemuMissing", missing);
        if (new SshTunnelFolder(folder.Path).Problem is { } problem)
            return new("PathTooLong", problem, IsForGood: true);
        if (folder.HasTooLongSockets)
            return new("PathTooLong", $"{folder.TpmSocket} is too long a path for a socket: give the machine a shorter name, or the agent a shorter stateDirectory", IsForGood: true);
        return FolderObstacle(desired) ?? await VirtiofsObstacleAsync(desired, cancellation) ?? NetworkObstacle(desired.Network) ?? TpmObstacle(desired) ?? FirmwareObstacle(desired) ?? await rehearsal.RunAsync(folder, desired, cancellation);
    }

    private static StartObstacle? FolderObstacle(VirtualMachineConfig desired) => desired.SharedFolders.FirstOrDefault(share => !Directory.Exists(share.Host)) is { } share
        ? new("FolderMissing", $"the shared folder {share.Host} is not there: create it, or take it out of sharedFolders")
        : null;

    private async Task<StartObstacle?> VirtiofsObstacleAsync(VirtualMachineConfig desired, CancellationToken cancellation)
    {
        var folders = desired.SharedFolders.Where(share => share.Transport == ShareTransport.Virtiofs).ToList();
        if (folders.Count == 0)
            return null;
        if (await virtiofsd.FindAsync(cancellation) is not { } found)
        {
            return Environment.IsPrivilegedProcess
                ? new("VirtiofsdMissing", "the host has no virtiofsd that works: install virtiofsd (as Debian names it), or set transport: auto")
                : new("VirtiofsdMissing", "virtiofsd serves folders for root alone: run the agent as root, or set transport: auto");
        }

        return folders.Find(share => !found.CanServe(share)) is { } share
            ? new("VirtiofsdTooOld", $"{found.Program} can't keep a guest from writing to {share.Host}: install virtiofsd 1.11 or newer, or set transport: auto")
            : null;
    }

    private StartObstacle? TpmObstacle(VirtualMachineConfig desired) => desired.Tpm && programs.Tpm is null
        ? new("TpmMissing", "swtpm is not in PATH: install swtpm (as Debian names it), or set tpm: false")
        : null;

    private static StartObstacle? FirmwareObstacle(VirtualMachineConfig desired) => desired.Firmware == MachineFirmware.Uefi && UefiFirmware.Installed is null
        ? new("FirmwareMissing", "the host has no UEFI for machines: install ovmf (as Debian names it), or set firmware: bios")
        : null;

    private StartObstacle? NetworkObstacle(MachineNetwork network)
    {
        switch (network)
        {
            case { Mode: MachineNetworkMode.Bridge, Interface: { } bridge } when !HostBridge.IsThere(bridge):
                return new("BridgeMissing", $"the host has no bridge {bridge}: create it, or correct network.interface");
            case { Mode: MachineNetworkMode.Bridge } when programs.Ip is null:
                return new("IpMissing", "ip is not in PATH, by which machines are put on bridges: install iproute2 (as Debian names it)");
            case { Mode: MachineNetworkMode.Tap, Interface: { } tap } when Directory.Exists($"/sys/class/net/{tap}") && !File.Exists($"/sys/class/net/{tap}/tun_flags"):
                return new("NotATap", $"{tap} is no tap device: correct network.interface");
        }

        if (!NetworkOptions.IsBehindHost(network))
            return File.Exists(TunDevice) ? null : new("TunMissing", $"the host has no {TunDevice}, by which tap devices are made: load the module tun");
        try
        {
            UserNetwork.Of(network);
            return null;
        }
        catch (FormatException e)
        {
            return new("NetworkUnusable", $"network.address: {e.Message}", IsForGood: true);
        }
    }
}

/// <summary>Why a machine can't be started on this host.</summary>
/// <param name="Reason">CamelCase, for programs.</param>
/// <param name="IsForGood">Nothing but another manifest or configuration helps.</param>
internal sealed record StartObstacle(string Reason, string Message, bool IsForGood = false);
