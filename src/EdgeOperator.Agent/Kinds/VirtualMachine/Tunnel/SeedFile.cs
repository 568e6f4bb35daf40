using System.Collections.Immutable;
using System.Runtime.Versioning;
using System.Text;
using EdgeOperator.Core.Interop;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;

/// <summary>A member of the seed, which tells the guest who it is (fw_cfg <c>opt/io.edgeoperator/seed</c>; a tar that the guest unpacks to <c>/run/edgeop/seed</c>).</summary>
/// <param name="Name">Relative, with <c>/</c>.</param>
/// <param name="IsSecret">Whether others than root must not read it (mode 0600 instead of 0644).</param>
internal sealed record SeedFile(string Name, ReadOnlyMemory<byte> Content, bool IsSecret = false)
{
    /// <summary>What the tunnel puts into the seed: keys, and what the guest may call.</summary>
    [SupportedOSPlatform("linux")]
    public static ImmutableArray<SeedFile> Of(SshTunnelFolder folder, MachineInterop interop, string hostUser)
    {
        var files = ImmutableArray.CreateBuilder<SeedFile>();
        files.Add(new("authorized_keys", Lines($"{MachineKeys.Public(folder.ClientKey)} edgeoperator")));
        files.Add(new("ssh_host_ed25519_key", File.ReadAllBytes(folder.GuestKey), IsSecret: true));
        files.Add(new("ssh_host_ed25519_key.pub", File.ReadAllBytes(folder.GuestKey + ".pub")));
        files.Add(new("interop/enabled", Flag(interop.Enabled)));
        files.Add(new("interop/path", Flag(interop.AppendHostPath)));
        files.Add(new("interop/programs", Lines([.. interop.Enabled ? HostPrograms.NamesInGuest(interop.Programs) : []])));
        files.Add(new("interop/wslenv", Lines(interop.Enabled ? string.Join(':', interop.Env) : "")));
        if (interop.Enabled)
        {
            files.Add(new("interop/id_ed25519", File.ReadAllBytes(folder.CallerKey), IsSecret: true));
            files.AddRange(interop.NamedGuestUsers.Select(user => new SeedFile($"interop/keys/{user}", File.ReadAllBytes(folder.CallerKeyOf(user)), IsSecret: true)));
            files.Add(new("interop/known_hosts", Lines($"host {MachineKeys.Public(folder.HostKey)}")));
            files.Add(new("interop/user", Lines(hostUser)));
        }

        return files.ToImmutable();
    }

    private static byte[] Flag(bool value) => Lines(value ? "1" : "0");

    private static byte[] Lines(params string[] lines) => Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\n")));
}
