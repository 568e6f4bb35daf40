using EdgeOperator.Agent.Kinds.VirtualMachine.Eflow;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Wsl;

/// <summary>What WSL can't do.</summary>
internal static class WslLimits
{
    /// <returns>A sentence for each problem; none when the machine can be had.</returns>
    public static IEnumerable<string> Check(VirtualMachineSpec machine)
    {
        var (shape, network) = (machine.Shape, machine.Shape.Network);
        if (shape.Memory < 256L << 20)
            yield return "memory must be at least 256Mi for WSL";
        if (shape.Tpm)
            yield return "WSL has no TPM: remove tpm";
        if (network.Mode == MachineNetworkMode.Tap)
            yield return "WSL has no network mode tap: use user, isolated or bridge";
        if (network.Address is not null)
            yield return "WSL gives its guests their addresses: remove network.address";
        foreach (var forward in network.Forwards.Where(forward => forward.Protocol != "tcp" || forward.Host != forward.Guest || forward.Address is not ("127.0.0.1" or "::1")))
            yield return $"WSL forwards a guest's TCP ports to the same ports of the host's loopback alone, not {forward}";
        foreach (var name in (machine.Wsl?.WslConfig.Keys ?? []).Concat(machine.Wsl?.WslConf.Keys ?? []).Where(name => !IsName(name)))
            yield return $"{name} is no entry of WSL's files: write section.key";
        foreach (var folder in shape.SharedFolders.Where(folder => !IsDrive(folder.Host) && EflowCommands.SplitFolder(folder.Host) is null))
            yield return $"{folder.Host} can't be shared: name a drive, or a folder on one";
    }

    private static bool IsDrive(string path) => path is [_, ':'] or [_, ':', '\\' or '/'];

    private static bool IsName(string name) => name.Split('.') is [{ Length: > 0 } section, { Length: > 0 } key]
        && (section + key).All(char.IsAsciiLetterOrDigit) && char.IsAsciiLetter(section[0]) && char.IsAsciiLetter(key[0]);
}
