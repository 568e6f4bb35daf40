using System.Runtime.Versioning;
using EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;
using EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;
using EdgeOperator.Core.Interop;

namespace EdgeOperator.Cli.Machines;

/// <summary>
/// The calls between host and guest: often many short ones, so they begin before the command line is built.
/// Only here, and so in no help, are the calls of the tunnel itself.
/// </summary>
[SupportedOSPlatform("linux")]
internal static class ExecFastPath
{
    /// <returns>The exit code; null for every other verb.</returns>
    public static int? TryRun(string[] line)
    {
        switch (line)
        {
            case ["vm", "host", var machine]:
                var code = CalledProgram.Exec(machine, Given.Variable(CalledProgram.UserVariable), Given.Variable("SSH_ORIGINAL_COMMAND"), Given.Variable(HostCall.PassedName), out var refusal);
                PlainErrors.Complain($"edgeop: {refusal}");
                return code;
            case ["vm", "listen", var socket, var sshd, var configuration]:
                HostListener.RunAsync(socket, sshd, configuration).GetAwaiter().GetResult();
                return ExitCode.Failed;
            case ["vm", "share", var virtiofsd, ..]:
                return PlainErrors.Report(
                    () =>
                    {
                        SharedFolderServer.Exec(virtiofsd, line[3..]);
                        return ExitCode.Failed;
                    },
                    PlainErrors.Complain);
            default:
                return GuestCall.TryRead(line) is { } call && !AgentExec.Applies(call) ? PlainErrors.Report(() => GuestExec.Run(call), PlainErrors.Complain) : null;
        }
    }
}
