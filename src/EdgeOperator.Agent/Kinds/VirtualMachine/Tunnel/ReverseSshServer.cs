using System.Collections.Immutable;
using System.Runtime.Versioning;
using EdgeOperator.Core.Interop;
using EdgeOperator.Platform.Files;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;

/// <summary>
/// The host's end of the way back: a process that listens on <see cref="SshTunnelFolder.HostSocket"/> and gives each connection an
/// sshd of its own, which takes the guest's keys alone and runs one command alone, the one that checks what the key may call.
/// </summary>
/// <param name="edgeop">The command that starts edgeop.</param>
[SupportedOSPlatform("linux")]
internal sealed class ReverseSshServer(SshTunnelFolder folder, ProcessSupervisor supervisor, ImmutableArray<string> edgeop)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>Has it run, or not. Calls that are under way are cut when it is stopped.</summary>
    /// <exception cref="IOException">It can't be started.</exception>
    public async Task EnsureAsync(SshTunnelTarget target, CancellationToken cancellation)
    {
        if (!target.HasPrograms)
        {
            await StopAsync(cancellation);
            return;
        }

        PrivateFolder.Create(folder.ReverseSshServer);
        SshTunnelFiles.WriteChanged(folder.ReverseSshServerKeys, string.Concat(
            [Admit(folder.CallerKey), .. target.Interop.NamedGuestUsers.Select(user => Admit(folder.CallerKeyOf(user), $",environment=\"{CalledProgram.UserVariable}={user}\""))]));
        SshTunnelFiles.WriteChanged(folder.ReverseSshServerConfig, Config());
        if (supervisor.Find(folder.ReverseSshServer) is not null)
            return;
        await supervisor.StartAsync(
            new(folder.ReverseSshServer, edgeop[0], [.. edgeop[1..], "vm", "listen", folder.HostSocket, Ssh.Find("sshd"), folder.ReverseSshServerConfig], HostProcess.Environment)
            {
                WorkingDirectory = "/",
            },
            cancellation);
    }

    public async Task StopAsync(CancellationToken cancellation)
    {
        if (!Directory.Exists(folder.ReverseSshServer))
            return;
        await supervisor.StopAsync(folder.ReverseSshServer, Grace, cancellation);
        File.Delete(folder.HostSocket);
    }

    private static string Admit(string key, string options = "") => $"restrict,pty{options} {MachineKeys.Public(key)}\n";

    // Each line that is the default of sshd is here because another default of a distribution must not count.
    private string Config() => $"""
        HostKey "{folder.HostKey}"
        AuthorizedKeysFile "{folder.ReverseSshServerKeys}"
        AllowUsers {Environment.UserName}
        AuthenticationMethods publickey
        PubkeyAuthentication yes
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        PermitRootLogin prohibit-password
        StrictModes no
        UsePAM {(HostProcess.IsLocked(Environment.UserName) ? "yes" : "no")}
        ForceCommand {ShellWords.Join([.. edgeop, "vm", "host", folder.Machine])}
        DisableForwarding yes
        PermitTTY yes
        PermitUserRC no
        PermitUserEnvironment {CalledProgram.UserVariable}
        AcceptEnv {HostCall.PassedName}
        PrintMotd no
        PrintLastLog no
        UseDNS no
        MaxSessions 1000
        LoginGraceTime 60
        ClientAliveInterval 15
        ClientAliveCountMax 4
        PidFile none
        LogLevel ERROR

        """;
}
