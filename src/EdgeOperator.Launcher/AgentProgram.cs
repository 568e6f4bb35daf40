using System.Runtime.InteropServices;
using EdgeOperator.Cli;
using EdgeOperator.Cli.Machines;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Launcher;

/// <summary>The program that has the agent and all verbs.</summary>
internal static unsafe partial class AgentProgram
{
    private const string Name = "edgeop-agent";

    /// <summary>SIGPIPE.</summary>
    private const int BrokenPipe = 13;

    /// <summary>Makes this process that program, with the same arguments; returns only when it can't.</summary>
    /// <returns>An exit code.</returns>
    public static int Exec(string[] given)
    {
        if (given is ["agent", ..])
            _ = SetVariable(AgentRuntime.Variable, AgentRuntime.Value, overwrite: 0);
        var program = Path.Combine(Path.GetDirectoryName(Environment.ProcessPath) ?? "/", Name);

        // As bytes: an argument need not be text.
        var line = File.ReadAllBytes("/proc/self/cmdline");
        fixed (byte* start = line)
        {
            var arguments = new byte*[line.AsSpan().Count((byte)0) + 1];
            for (int i = 0, at = 0; i < arguments.Length - 1; i++, at += line.AsSpan(at).IndexOf((byte)0) + 1)
                arguments[i] = start + at;
            // The runtime has ignored it since the start, and what is ignored stays so in every program that is run from here.
            _ = Handle(BrokenPipe, 0);
            fixed (byte** first = arguments)
                _ = Execute(program, first);
        }

        PlainErrors.Complain($"error: {program} can't be run ({Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}): {Name} and edgeop belong into the same folder, from the same build");
        return ExitCode.Failed;
    }

    // .NET's own works on a copy, which execv does not pass on.
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Handle(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string program, byte** arguments);
}
