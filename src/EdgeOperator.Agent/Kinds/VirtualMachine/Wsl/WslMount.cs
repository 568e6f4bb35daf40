using EdgeOperator.Core.Interop;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Wsl;

/// <summary>A script for the guest's root that puts in place what a distribution forgets whenever it ends: shared folders and name servers.</summary>
internal static class WslMount
{
    public static string Script(VirtualMachineConfig shape) => string.Concat(Lines(shape).Select(line => line + "\n"));

    private static IEnumerable<string> Lines(VirtualMachineConfig shape)
    {
        yield return "set -eu";
        foreach (var folder in shape.SharedFolders)
        {
            var guest = ShellWords.Quote(folder.Guest);
            var options = folder.ReadOnly ? "ro,metadata" : "rw,metadata";
            yield return $"mkdir -p {guest}";
            yield return $"mountpoint -q {guest} || mount -t drvfs -o {options} {ShellWords.Quote(folder.Host)} {guest}";
        }

        if (shape.Network.Dns.IsEmpty)
            yield break;
        yield return "rm -f /etc/resolv.conf";
        yield return $"printf 'nameserver %s\\n' {ShellWords.Join(shape.Network.Dns)} > /etc/resolv.conf";
    }
}
