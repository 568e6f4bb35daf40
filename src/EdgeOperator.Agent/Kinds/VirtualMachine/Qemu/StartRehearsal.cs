using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.Versioning;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>
/// Has QEMU itself say whether it takes a machine's processors, memory, network and folders: it is started with them, without disks
/// and ports, and ended before the machine runs. Each set of arguments is tried once; a refusal is tried again after a while, for
/// it may be the host's memory.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class StartRehearsal(QemuPrograms programs, Accelerator accelerator, TimeProvider time)
{
    private const string Quit = """
        {"execute":"qmp_capabilities"}
        {"execute":"quit"}

        """;

    /// <summary>A busy host takes its time; what has not been refused by then is left to the start.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, Trial> _trials = new(StringComparer.Ordinal);

    /// <returns>QEMU's refusal; null when it takes the machine, or can't be asked.</returns>
    public async Task<StartObstacle?> RunAsync(MachineFolder folder, VirtualMachineConfig desired, CancellationToken cancellation)
    {
        var arguments = QemuCommand.RehearsalOf(folder, desired, await accelerator.FindAsync(cancellation));
        var line = string.Join('\0', arguments);
        if (_trials.TryGetValue(folder.Name, out var known) && known.Line == line && (known.Refusal is null || time.GetElapsedTime(known.At) < Retry))
            return Obstacle(known.Refusal);
        var refusal = await TryAsync(arguments, cancellation);
        _trials[folder.Name] = new(line, refusal, time.GetTimestamp());
        return Obstacle(refusal);
    }

    private static StartObstacle? Obstacle(string? refusal) => refusal is null ? null : new("QemuRefused", $"QEMU can't start the machine: {refusal}");

    private async Task<string?> TryAsync(IEnumerable<string> arguments, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Timeout);
        try
        {
            var result = await ChildProcess.RunAsync(
                programs.System, arguments, [new("PATH", programs.SearchPath), new("LC_ALL", "C")], "/", Quit, (stream, c) => stream.CopyToAsync(Stream.Null, c), deadline.Token);
            return result.ExitCode == 0 ? null : LastLine(result.Errors) ?? $"it ended with code {result.ExitCode}";
        }
        catch (Exception e) when (e is Win32Exception || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }

    private static string? LastLine(string errors) => errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() is { } line
        ? line[(line.StartsWith("qemu-system", StringComparison.Ordinal) ? line.IndexOf(": ", StringComparison.Ordinal) + 2 : 0)..]
        : null;

    private sealed record Trial(string Line, string? Refusal, long At);
}
