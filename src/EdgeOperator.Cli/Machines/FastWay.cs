using System.Runtime.Versioning;
using System.Text;
using EdgeOperator.Agent.Drivers.Machines.Bridge;

namespace EdgeOperator.Cli.Machines;

/// <summary>
/// The calls that cross the border between host and guest: often many short ones, so they begin before the command line is built.
/// Only here, and so in no help, are the calls of the bridge itself.
/// </summary>
[SupportedOSPlatform("linux")]
internal static class FastWay
{
    /// <returns>The exit code; null for every other verb.</returns>
    public static int? TryRun(string[] line)
    {
        switch (line)
        {
            case ["vm", "host", var machine]:
                var code = CalledProgram.Become(machine, Environment.GetEnvironmentVariable("SSH_ORIGINAL_COMMAND"), out var refusal);
                Complain($"edgeop: {refusal}");
                return code;
            case ["vm", "listen", var socket, var sshd, var configuration]:
                HostListener.RunAsync(socket, sshd, configuration).GetAwaiter().GetResult();
                return ExitCode.Failed;
            default:
                return GuestCall.TryRead(line) is { } call ? Run(call) : null;
        }
    }

    private static int Run(GuestCall call)
    {
        try
        {
            return GuestSession.Run(call);
        }
        catch (UserError error)
        {
            foreach (var problem in error.Lines)
                Complain($"error: {problem}");
            return error.ExitCode;
        }
        catch (IOException error)
        {
            Complain($"error: {error.Message}");
            return ExitCode.Failed;
        }
    }

    // The framework's console would look at the terminal first.
    private static unsafe void Complain(string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line + "\n");
        fixed (byte* start = bytes)
            _ = Native.Write(2, start, (nuint)bytes.Length);
    }
}
