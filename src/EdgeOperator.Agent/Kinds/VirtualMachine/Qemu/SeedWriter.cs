using System.Collections.Immutable;
using System.Formats.Tar;
using System.Text;
using EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>The configuration that a guest reads when it boots: an uncompressed tar, the same bytes for the same content. The guest contract names its members.</summary>
internal static class SeedWriter
{
    private const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Public = UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <param name="tunnel">What the tunnel adds.</param>
    public static byte[] Write(string machine, MachineState state, IEnumerable<SeedFile> tunnel)
    {
        var shape = state.Shape;
        ImmutableArray<SeedFile> members =
        [
            new("hostname", Lines([machine])),
            new("network", Lines(Network(shape.Network))),
            new("shares", Lines(state.Offered.Select(share => $"{share.Tag}\t{(share.Folder.ReadOnly ? "ro" : "rw")}\t{share.Folder.Guest}"))),
            new("folders", Lines(shape.SharedFolders.Select(share => $"{share.Guest}\t{share.Host}"))),
            .. tunnel,
        ];

        using var text = new MemoryStream();
        using (var tar = new TarWriter(text, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var folder in members.Select(m => Path.GetDirectoryName(m.Name)).Where(f => !string.IsNullOrEmpty(f)).Distinct().Order(StringComparer.Ordinal))
                tar.WriteEntry(Entry(TarEntryType.Directory, folder!, Secret | UnixFileMode.UserExecute));
            foreach (var member in members.OrderBy(m => m.Name, StringComparer.Ordinal))
            {
                using var data = new MemoryStream(member.Content.ToArray());
                var entry = Entry(TarEntryType.RegularFile, member.Name, member.IsSecret ? Secret : Secret | Public);
                entry.DataStream = data;
                tar.WriteEntry(entry);
            }
        }

        return text.ToArray();
    }

    /// <summary>The lines of the member <c>network</c>.</summary>
    internal static IEnumerable<string> Network(MachineNetwork network)
    {
        var behindHost = NetworkOptions.IsBehindHost(network) ? UserNetwork.Of(network) ?? UserNetwork.Usual : null;

        // Behind the host it is known what DHCP would give, and asking takes an emulated guest its time.
        if ((network.Address ?? behindHost?.Address) is { } address)
            yield return $"address {address}";
        if ((network.Gateway ?? behindHost?.Host) is { } gateway)
            yield return $"gateway {gateway}";
        foreach (var dns in network.Dns.IsEmpty && behindHost is not null ? [behindHost.Dns] : network.Dns)
            yield return $"dns {dns}";
        if (!NetworkOptions.IsBehindHost(network))
            yield return $"line {NetworkOptions.LineAddress}/24";
    }

    private static UstarTarEntry Entry(TarEntryType type, string name, UnixFileMode mode) =>
        new(type, name) { Mode = mode, ModificationTime = DateTimeOffset.UnixEpoch };

    private static byte[] Lines(IEnumerable<string> lines) => Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\n")));
}
