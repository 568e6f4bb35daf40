using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using EdgeOperator.Core.Interop;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;

/// <summary>What ssh, the command line and the host's end of the tunnel read. Written when it changes, so that a look costs little.</summary>
[SupportedOSPlatform("linux")]
internal static class SshTunnelFiles
{
    /// <summary>What the guest's programs connect to when they call the host.</summary>
    public const string HostSocketInGuest = "/run/edgeop/host.sock";

    /// <exception cref="IOException">The disk is full or failed.</exception>
    public static void Write(SshTunnelFolder folder, SshTunnelTarget target)
    {
        PrivateFolder.Create(folder.Path);
        WriteChanged(folder.KnownHosts, $"{MachineAccess.HostAlias} {MachineKeys.Public(folder.GuestKey)}\n");
        WriteChanged(folder.Config, Config(folder, target));
        WriteChanged(folder.Access, JsonSerializer.Serialize(Access(folder, target), AccessJson.Default.MachineAccess));
    }

    public static void WriteChanged(string path, string content) => StateFile.WriteChanged(path, Encoding.UTF8.GetBytes(content));

    // The first value counts. root goes through the supervised connection, others through one that ssh makes and keeps for a while.
    private static string Config(SshTunnelFolder folder, SshTunnelTarget target) => $"""
        Match user root
          ControlMaster no
          ControlPath "{folder.ControlSocket}"
          ControlPersist no
        Host {MachineAccess.HostAlias}
          HostName {target.Address}
          Port {target.Port}
          ControlMaster auto
          ControlPath "{folder.ControlSocket}+%r"
          ControlPersist 10m
          HostKeyAlgorithms ssh-ed25519
          GlobalKnownHostsFile /dev/null
          StreamLocalBindUnlink yes
          SendEnv {GuestCommand.PassedName}
        {SshSettings.Of(folder.KnownHosts, folder.ClientKey)}
        """;

    private static MachineAccess Access(SshTunnelFolder folder, SshTunnelTarget target) => new()
    {
        Name = folder.Name,
        SshConfig = folder.Config,
        ControlSocket = folder.ControlSocket,
        User = target.User,
        SharedFolders = [.. target.SharedFolders],
        Interop = target.Interop.Enabled,
        Env = target.Interop.Env,
        Programs = target.Interop.Programs,
        GuestUsers = target.Interop.GuestUsers,
        HostUser = HostUser.Of(target.Interop),
    };
}
