using System.Collections.Immutable;

namespace EdgeOperator.Core.Kinds.VirtualMachine;

/// <summary>What must change of a machine: field by field, and what its driver can't do while it runs.</summary>
public static class VirtualMachineChanges
{
    private enum Part
    {
        Hardware,
        Disk,
        SharedFolders,
        Network,
        Dns,
        Forwards,
        Interop,
    }

    /// <summary>All that differs, what the driver itself sees included. A disk that is larger than desired is none of it: disks only grow.</summary>
    public static ImmutableArray<MachineChange> Of(VirtualMachineResource machine, ObservedVirtualMachine found) => found.Applied is not { } applied
        ? found.Drift
        : [.. Between(applied, machine.Machine.Shape).Select(change => new MachineChange(change.What, !IsLive(change.Part, found.Driver))), .. found.Drift];

    /// <summary>
    /// That the data disk is larger than desired: it grew for a revision that was rolled back, or was found. Null when it is
    /// not. Nobody asked for less then, so there is nothing to refuse, and nothing to do.
    /// </summary>
    public static string? Surplus(VirtualMachineResource machine, ObservedVirtualMachine found) =>
        found.Applied is { } applied && applied.DiskSize > machine.Machine.Shape.DiskSize
            ? $"its disk stays at {Amount(applied.DiskSize)} where {Amount(machine.Machine.Shape.DiskSize)} is declared: a disk never shrinks"
            : null;

    public static string Describe(IEnumerable<MachineChange> changes) => string.Join("; ", changes.Select(change => change.What));

    /// <summary>In MiB, or where that is exact in GiB.</summary>
    internal static string Amounts(long from, long to) =>
        from % (1L << 30) == 0 && to % (1L << 30) == 0 ? $"{from >> 30}→{to >> 30} GiB" : $"{from >> 20}→{to >> 20} MiB";

    private static string Amount(long bytes) => bytes % (1L << 30) == 0 ? $"{bytes >> 30} GiB" : $"{bytes >> 20} MiB";

    private static bool IsLive(Part part, MachineDriver driver) => driver switch
    {
        MachineDriver.Eflow => part is Part.SharedFolders or Part.Dns or Part.Forwards or Part.Interop,
        MachineDriver.Wsl => part is Part.Forwards,
        _ => part is Part.Disk or Part.Dns or Part.Forwards or Part.Interop,
    };

    private static IEnumerable<(Part Part, string What)> Between(VirtualMachineConfig from, VirtualMachineConfig to)
    {
        if (from.Memory != to.Memory)
            yield return (Part.Hardware, $"memory {from.Memory >> 20}→{to.Memory >> 20} MiB");
        if (from.Cpus != to.Cpus)
            yield return (Part.Hardware, $"cpus {from.Cpus}→{to.Cpus}");
        if (from.Image?.Sha256 != to.Image?.Sha256)
            yield return (Part.Hardware, $"image {Short(from.Image)}→{Short(to.Image)}");
        if (from.DiskSize < to.DiskSize)
            yield return (Part.Disk, $"disk {Amounts(from.DiskSize, to.DiskSize)}");
        if (from.Tpm != to.Tpm)
            yield return (Part.Hardware, $"TPM {Switch(from.Tpm)}→{Switch(to.Tpm)}");
        if (from.Firmware != to.Firmware)
            yield return (Part.Hardware, $"firmware {Word(from.Firmware)}→{Word(to.Firmware)}");
        if (Difference(from.SharedFolders, to.SharedFolders) is { } folders)
            yield return (Part.SharedFolders, $"shared folders {folders}");
        foreach (var change in Between(from.Network, to.Network).Concat(Between(from.Interop, to.Interop)))
            yield return change;
    }

    private static IEnumerable<(Part Part, string What)> Between(MachineNetwork from, MachineNetwork to)
    {
        if (from.Mode != to.Mode)
            yield return (Part.Network, $"network {Word(from.Mode)}→{Word(to.Mode)}");
        if (from.Interface != to.Interface)
            yield return (Part.Network, $"network interface {from.Interface ?? "none"}→{to.Interface ?? "none"}");
        if (from.Address != to.Address)
            yield return (Part.Network, $"address {from.Address ?? "DHCP"}→{to.Address ?? "DHCP"}");
        if (from.Gateway != to.Gateway)
            yield return (Part.Network, $"gateway {from.Gateway ?? "none"}→{to.Gateway ?? "none"}");

        // Which one is asked first matters.
        if (!from.Dns.SequenceEqual(to.Dns))
            yield return (Part.Dns, $"DNS {List(from.Dns)}→{List(to.Dns)}");
        if (Difference(from.Forwards, to.Forwards) is { } forwards)
            yield return (Part.Forwards, $"forwards {forwards}");
    }

    private static IEnumerable<(Part Part, string What)> Between(MachineInterop from, MachineInterop to)
    {
        if (from.Enabled != to.Enabled)
            yield return (Part.Interop, $"interop {Switch(from.Enabled)}→{Switch(to.Enabled)}");
        if (from.AppendHostPath != to.AppendHostPath)
            yield return (Part.Interop, $"host path {Switch(from.AppendHostPath)}→{Switch(to.AppendHostPath)}");
        if (Difference(from.Env, to.Env) is { } variables)
            yield return (Part.Interop, $"shared variables {variables}");
        if (Difference(from.Programs.Select(program => $"{program.Key}={program.Value}"), to.Programs.Select(program => $"{program.Key}={program.Value}")) is { } programs)
            yield return (Part.Interop, $"host programs {programs}");
        if (Difference(from.GuestUsers.Select(Users), to.GuestUsers.Select(Users)) is { } users)
            yield return (Part.Interop, $"guest users {users}");
        if (from.User != to.User)
            yield return (Part.Interop, $"host programs' user {from.User ?? "default"}→{to.User ?? "default"}");
    }

    private static string Users(KeyValuePair<string, ImmutableArray<string>> program) => $"{program.Key}={string.Join(',', program.Value)}";

    /// <summary>What is added and removed, regardless of order; null when nothing is.</summary>
    private static string? Difference<T>(IEnumerable<T> from, IEnumerable<T> to)
    {
        var (before, after) = (from.Select(item => $"{item}").ToList(), to.Select(item => $"{item}").ToList());
        string[] changes = [.. after.Except(before).Select(item => $"+{item}"), .. before.Except(after).Select(item => $"-{item}")];
        return changes.Length == 0 ? null : string.Join(" ", changes);
    }

    private static string List(ImmutableArray<string> items) => items.IsEmpty ? "the network's" : string.Join(",", items);

    private static string Short(MachineImage? image) => image is null ? "none" : image.Sha256[..12];

    private static string Switch(bool on) => on ? "on" : "off";

    private static string Word(MachineFirmware firmware) => firmware.ToString().ToLowerInvariant();

    private static string Word(MachineNetworkMode mode) => mode.ToString().ToLowerInvariant();
}
