using System.Formats.Tar;
using System.Globalization;
using System.Text;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>What a guest's <c>/usr/lib/edgeop/provision</c> reads: a tar, as the guest contract describes it.</summary>
internal static class ProvisioningTar
{
    /// <exception cref="SecretUnavailableException">A secret can't be had.</exception>
    public static byte[] Write(MachineProvisioning provisioning, SecretVault secrets)
    {
        using var text = new MemoryStream();
        using (var tar = new TarWriter(text, TarEntryFormat.Gnu, leaveOpen: true))
        {
            foreach (var file in provisioning.Files)
                Add(tar, $"files/{file.Path.TrimStart('/')}", secrets.Reveal(file.Content.Span), (UnixFileMode)file.Mode);
            Add(tar, "owners", Lines(provisioning.Files.Where(f => f.Owner is not null).Select(f => $"{f.Owner}\t{f.Path}")));
            Add(tar, "users", Lines(provisioning.Users.Select(u => $"{u.Name}\t{string.Join(',', u.Groups)}\t{u.Shell}")));
            foreach (var user in provisioning.Users)
                Add(tar, $"keys/{user.Name}", Lines(user.SshKeys));
            foreach (var (command, i) in provisioning.Commands.Select((c, i) => (c, i)))
                Add(tar, string.Create(CultureInfo.InvariantCulture, $"commands/{i:000}"), Lines([secrets.Reveal(command)]), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return text.ToArray();
    }

    private static void Add(TarWriter tar, string name, ReadOnlyMemory<byte> content, UnixFileMode mode = AtomicFile.Private)
    {
        using var data = new MemoryStream(content.ToArray());
        tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, name) { Mode = mode, ModificationTime = DateTimeOffset.UnixEpoch, DataStream = data });
    }

    private static byte[] Lines(IEnumerable<string> lines) => Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\n")));
}
