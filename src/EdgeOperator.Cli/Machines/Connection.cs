using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Platform.Streams;

namespace EdgeOperator.Cli.Machines;

/// <summary>The connection to a guest, whether or not there is one yet.</summary>
[SupportedOSPlatform("linux")]
internal static class Connection
{
    /// <summary>Longer than ssh's own limits for reaching the guest.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>Bytes of what ssh prints, a guest's banner included, that are kept for a message.</summary>
    private const int MaxErrors = 64 * 1024;

    /// <exception cref="UserError">The guest can't be reached, or lets the user not in.</exception>
    public static ControlConnection Open(MachineAccess access, string user)
    {
        if (KeptConnection.TryOpen(access, user) is { } kept)
            return kept;
        Make(access, user);
        return KeptConnection.TryOpen(access, user) ?? throw Unreachable(access, "the connection was lost at once");
    }

    private static void Make(MachineAccess access, string user)
    {
        GuestUser.Check(user);

        // Whoever comes second while the first one makes it gets through as well.
        using var ssh = Start(new(
            "ssh",
            ["-F", access.SshConfig, "-S", KeptConnection.SocketOf(access, user), "-o", "ControlMaster=auto", "-o", "ControlPersist=10m", "-l", user, "-n", MachineAccess.HostAlias, "exit 0"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
        var errors = BoundedStream.ReadStartAsync(ssh.StandardError.BaseStream, MaxErrors, CancellationToken.None);
        if (!ssh.WaitForExit(Timeout))
        {
            ssh.Kill();
            throw Unreachable(access, $"it did not answer within {Timeout.TotalSeconds:0} s");
        }

        if (ssh.ExitCode == 0)
            return;
        var reason = Encoding.UTF8.GetString(errors.GetAwaiter().GetResult()).Trim();
        throw reason.Contains("Permission denied", StringComparison.Ordinal)
            ? new UserError(ExitCode.Failed, $"the guest of {KindNames.VirtualMachine}/{access.Name} does not let \"{user}\" in: name another with --user, or add this one to provisioning.users")
            : Unreachable(access, reason);
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new UserError(ExitCode.Failed, $"ssh can't be started ({e.Message}): install OpenSSH (on Debian: openssh-client)");
        }
    }

    private static UserError Unreachable(MachineAccess access, string reason) => new(
        ExitCode.AgentUnreachable,
        $"{KindNames.VirtualMachine}/{access.Name} is not running, or its guest does not answer ({reason}): `edgeop describe {KindNames.VirtualMachine} {access.Name}` tells more");
}
