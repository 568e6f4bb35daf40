using System.Diagnostics;
using System.Runtime.InteropServices;

namespace EdgeOperator.Platform.Processes;

/// <summary>A process with all that it started. On Linux it leads a group and session of its own, and ends with the host.</summary>
public static partial class ProcessGroup
{
    private const int Terminate = 15;
    private const int Killed = 9;

    // util-linux; busybox's setpriv knows no --pdeathsig.
    private static readonly string? SetSid = Tool("/usr/bin/setsid");
    private static readonly string? SetPriv = Tool("/usr/bin/setpriv");

    /// <summary>What has to stand before a program so that it leads a group.</summary>
    public static string[] Prefix { get; } = (SetSid, SetPriv) switch
    {
        (null, _) => [],
        (_, null) => [SetSid],
        _ => [SetSid, SetPriv, "--pdeathsig", "KILL", "--"],
    };

    /// <summary>Asks it to end; on Windows there is no such question.</summary>
    public static void AskToEnd(Process process) => Signal(process, Terminate);

    public static void Kill(Process process) => Signal(process, Killed);

    /// <summary>Ends what a process that has ended left behind.</summary>
    public static void KillRest(int id)
    {
        if (!OperatingSystem.IsWindows() && SetSid is not null)
        {
            _ = SendSignal(-id, Killed);
        }
    }

    private static void Signal(Process process, int signal)
    {
        try
        {
            if (OperatingSystem.IsWindows() || SetSid is null)
            {
                process.Kill(entireProcessTree: true);
            }
            else if (SendSignal(-process.Id, signal) != 0)
            {
                // It has not come to lead a group yet.
                _ = SendSignal(process.Id, signal);
            }
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    private static string? Tool(string path) =>
        File.Exists(path) && (new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.Name.Contains("busybox", StringComparison.Ordinal) ?? false) is false
            ? path
            : null;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int id, int signal);
}
