using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace EdgeOperator.Cli.Machines.Windows;

/// <summary>The program of the host's that takes a command into a guest. Its input, its outputs and its terminal are this process's own.</summary>
internal sealed record GuestProcess(string Program, ImmutableArray<string> Arguments)
{
    /// <summary>What differs from this process's environment; null takes a variable out.</summary>
    public ImmutableArray<KeyValuePair<string, string?>> Environment { get; init; } = [];

    /// <summary>Runs it for as long as it takes.</summary>
    /// <returns>Its exit code.</returns>
    /// <exception cref="UserError">It can't be started.</exception>
    public int Run()
    {
        var start = new ProcessStartInfo(Program, Arguments);
        foreach (var (name, value) in Environment)
        {
            if (value is null)
                start.Environment.Remove(name);
            else
                start.Environment[name] = value;
        }

        // A console tells all of its processes of Ctrl-C: what that means is for the guest to say.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        using var quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, signal => signal.Cancel = true);
        using var process = Started(start);
        process.WaitForExit();
        return process.ExitCode;
    }

    private static Process Started(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new UserError(ExitCode.Failed, $"{start.FileName} can't be started: {e.Message}");
        }
    }
}
