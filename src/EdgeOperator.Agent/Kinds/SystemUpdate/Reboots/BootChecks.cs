using System.Collections.Immutable;
using EdgeOperator.Agent.Kinds.SystemUpdate.Packages;
using EdgeOperator.Core.Kinds.SystemUpdate;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.SystemUpdate.Reboots;

/// <summary>What is to hold after a reboot: scripts in two folders, as greenboot has them, and the update's own health checks.</summary>
/// <param name="Required">Each is tried until it holds, or its time is over.</param>
/// <param name="Wanted">Each is tried once; what fails is in the log.</param>
internal sealed record BootChecks(ImmutableArray<UpdateCheck> Required, ImmutableArray<UpdateCheck> Wanted)
{
    private const string File = "boot-checks.json";
    private static readonly TimeSpan WantedTimeout = TimeSpan.FromMinutes(1);

    /// <param name="folder">Holds <c>required.d</c> and <c>wanted.d</c>; in the system whose root the tools know.</param>
    /// <param name="timeout">For how long what is required may fail.</param>
    public static BootChecks Find(PackageTools tools, string folder, IEnumerable<UpdateCheck> own, TimeSpan timeout) => new(
        [.. Scripts(tools, $"{folder}/required.d", timeout), .. own.Select(check => check with { Timeout = timeout })],
        [.. Scripts(tools, $"{folder}/wanted.d", WantedTimeout)]);

    /// <summary>Leaves them for the worker.</summary>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public void Write(string folder) => StateFile.Write(Path.Combine(folder, File), this, FetchJson.Default.BootChecks);

    /// <returns>Why one that is required does not hold; null when all do.</returns>
    public static async Task<string?> RunAsync(string folder, PackageTools tools, WorkLog log, TimeProvider time, CancellationToken cancellation)
    {
        if (StateFile.Read(Path.Combine(folder, File), FetchJson.Default.BootChecks, out _) is not { } checks)
            return "what to check is not known";
        log.Rotate();
        var runner = new UpdateChecks(tools, time);
        foreach (var wanted in checks.Wanted)
        {
            if (await runner.RunOnceAsync(wanted, cancellation) is { } failure)
                await System.IO.File.AppendAllTextAsync(log.Path, $"{wanted}, which is wanted and not required, failed: {failure}\n", cancellation);
        }

        var problem = await runner.RunAsync(checks.Required, cancellation);
        await System.IO.File.AppendAllTextAsync(log.Path, $"{checks.Required.Length} required and {checks.Wanted.Length} wanted checks of the boot: {problem ?? "all that is required holds"}\n", cancellation);
        return problem;
    }

    /// <summary>Executable files, in the order of their names.</summary>
    private static IEnumerable<UpdateCheck> Scripts(PackageTools tools, string folder, TimeSpan timeout)
    {
        var here = tools.PathOf(folder);
        return !Directory.Exists(here) ? [] : Directory.EnumerateFiles(here)
            .Where(file => !Path.GetFileName(file).StartsWith('.') && IsExecutable(file))
            .Order(StringComparer.Ordinal)
            .Select(file => new UpdateCheck(timeout, Exec: [$"{folder}/{Path.GetFileName(file)}"]));
    }

    private static bool IsExecutable(string file) => !OperatingSystem.IsWindows() && System.IO.File.GetUnixFileMode(file).HasFlag(UnixFileMode.UserExecute);
}
