using System.Collections.Immutable;
using System.Globalization;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Wsl;

/// <summary>
/// What a machine's fields are in WSL's two files (names as in microsoft/WSL, src/windows/common/WslCoreConfig.h and
/// src/linux/init/WslDistributionConfig.cpp). Entries that the manifest gives itself come last, and so win.
/// </summary>
internal static class WslEntries
{
    /// <summary>
    /// Of <c>.wslconfig</c>, which holds for all of a user's distributions, since they share one virtual machine: of several machines the
    /// largest need counts. It takes effect after <c>wsl --shutdown</c>.
    /// </summary>
    public static ImmutableSortedDictionary<string, string> OfHost(IReadOnlyCollection<VirtualMachineSpec> machines)
    {
        var entries = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.OrdinalIgnoreCase);
        if (machines.Count == 0)
            return entries.ToImmutable();
        entries["wsl2.memory"] = string.Create(CultureInfo.InvariantCulture, $"{machines.Max(m => m.Shape.Memory) >> 20}MB");
        entries["wsl2.processors"] = machines.Max(m => m.Shape.Cpus).ToString(CultureInfo.InvariantCulture);

        // Otherwise a distribution ends 15 s after its last command (the first since 2.5.4).
        entries["general.instanceIdleTimeout"] = "-1";
        entries["wsl2.vmIdleTimeout"] = "-1";
        foreach (var network in machines.Select(m => m.Shape.Network))
        {
            if (network.Mode == MachineNetworkMode.Isolated)
                entries["wsl2.networkingMode"] = "none";
            if (network.Mode != MachineNetworkMode.Bridge)
                continue;
            entries["wsl2.networkingMode"] = "bridged";
            entries["wsl2.vmSwitch"] = network.Interface ?? "";
        }

        foreach (var entry in machines.Select(m => m.Wsl).OfType<WslSettings>().SelectMany(settings => settings.WslConfig))
            entries[entry.Key] = entry.Value;
        return entries.ToImmutable();
    }

    /// <summary>Of the distribution's <c>/etc/wsl.conf</c>; takes effect when the distribution starts.</summary>
    public static ImmutableSortedDictionary<string, string> OfGuest(VirtualMachineSpec machine)
    {
        var entries = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.OrdinalIgnoreCase);
        entries["interop.enabled"] = machine.Shape.Interop.Enabled ? "true" : "false";
        entries["interop.appendWindowsPath"] = machine.Shape.Interop.AppendHostPath ? "true" : "false";
        entries["user.default"] = machine.User;
        if (!machine.Shape.Network.Dns.IsEmpty)
            entries["network.generateResolvConf"] = "false";
        foreach (var entry in (machine.Wsl ?? new()).WslConf)
            entries[entry.Key] = entry.Value;
        return entries.ToImmutable();
    }
}
