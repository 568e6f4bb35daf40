using System.Collections.Immutable;
using EdgeOperator.Core.Interop;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Wsl;

/// <summary>How the command line enters a distribution.</summary>
internal static class WslAccess
{
    /// <param name="program">wsl.exe; null for the one in PATH.</param>
    /// <param name="drives">The host's drives, by their letters.</param>
    public static MachineAccess Of(string machine, VirtualMachineSpec spec, string distribution, string? program, IEnumerable<char> drives) => new()
    {
        Name = machine,
        Distribution = distribution,
        Program = program,
        User = spec.User,
        SharedFolders = [.. Mounted(spec, drives), .. spec.Shape.SharedFolders],
        Interop = spec.Shape.Interop.Enabled,
        Env = spec.Shape.Interop.Env,
    };

    /// <summary>Those that WSL mounts by itself in every distribution.</summary>
    public static IEnumerable<char> Drives() =>
        DriveInfo.GetDrives().Where(drive => drive is { Name: [_, ':', ..], DriveType: DriveType.Fixed }).Select(drive => drive.Name[0]);

    private static IEnumerable<SharedFolder> Mounted(VirtualMachineSpec spec, IEnumerable<char> drives)
    {
        var entries = WslEntries.OfGuest(spec);
        return entries.GetValueOrDefault("automount.enabled") is "false" or "0" ? []
            : PathMap.DrivesOfWsl(drives, entries.GetValueOrDefault("automount.root", "/mnt"));
    }
}
