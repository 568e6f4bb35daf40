using EdgeOperator.Core.Interop;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Machines.Windows;

/// <summary>
/// Into EFLOW's machine by the <c>ssh.exe</c> that Windows has, which can't share a connection as it does elsewhere: each command
/// signs in by itself.
/// </summary>
internal static class EflowExec
{
    /// <param name="session">Marks the program among others.</param>
    /// <param name="directory">The caller's, on the host.</param>
    /// <param name="variable">Of the host.</param>
    /// <param name="hasTerminal">Whether the command gets one.</param>
    public static GuestProcess Of(GuestCall call, MachineAccess access, string session, string directory, Func<string, string?> variable, bool hasTerminal)
    {
        var user = GuestUser.Check(call.UserOf(access));
        var line = GuestLine.Of(call, access, session, directory, variable);
        if (user != access.SignIn)
            line = $"exec sudo -n -H -u {user} -- sh -c {ShellWords.Quote($"cd; {line}")}";
        return new("ssh", ["-F", access.SshConfig, hasTerminal ? "-t" : "-T", MachineAccess.HostAlias, line]);
    }
}
