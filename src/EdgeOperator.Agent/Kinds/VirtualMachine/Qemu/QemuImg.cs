using System.Collections.Immutable;
using System.ComponentModel;
using System.Globalization;
using System.Text;
using System.Text.Json;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Platform.Processes;
using EdgeOperator.Platform.Streams;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>What <c>qemu-img</c> does to disks that no machine has open. Each is named with its format: none is guessed from content.</summary>
internal sealed class QemuImg(QemuPrograms programs, TimeProvider time)
{
    /// <summary>Bytes; a disk from elsewhere decides what is printed of it.</summary>
    private const int MaxOutput = 1024 * 1024;

    private static readonly TimeSpan ShortTimeout = TimeSpan.FromSeconds(30);

    /// <summary>It reads all of a disk's tables.</summary>
    private static readonly TimeSpan LongTimeout = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Makes an empty disk over another one.</summary>
    /// <param name="image">Absolute.</param>
    /// <exception cref="IOException">It can't be made.</exception>
    public Task CreateOverlayAsync(string disk, string image, CancellationToken cancellation) =>
        DoAsync(["create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", image, disk], ShortTimeout, cancellation);

    /// <inheritdoc cref="CreateOverlayAsync"/>
    public Task CreateAsync(string disk, long size, CancellationToken cancellation) =>
        DoAsync(["create", "-q", "-f", "qcow2", disk, size.ToString(CultureInfo.InvariantCulture)], ShortTimeout, cancellation);

    public Task GrowAsync(string disk, long size, CancellationToken cancellation) =>
        DoAsync(["resize", "-q", "-f", "qcow2", disk, size.ToString(CultureInfo.InvariantCulture)], ShortTimeout, cancellation);

    /// <exception cref="IOException">It is no such disk, or a machine has it open.</exception>
    public async Task<DiskFacts> FactsAsync(string disk, CancellationToken cancellation)
    {
        var (code, output, errors) = await RunAsync(["info", "-f", "qcow2", "--output=json", disk], ShortTimeout, cancellation);
        if (code != 0)
            throw new IOException(errors);
        using var facts = JsonDocument.Parse(output);
        var root = facts.RootElement;
        var format = root.TryGetProperty("format-specific", out var specific) && specific.TryGetProperty("data", out var data) ? data : default;
        return new(
            root.GetProperty("virtual-size").GetInt64(),
            root.TryGetProperty("full-backing-filename", out var full) || root.TryGetProperty("backing-filename", out full) ? full.GetString() : null,
            format.ValueKind == JsonValueKind.Object && format.TryGetProperty("data-file", out _));
    }

    /// <summary>The snapshots in a disk, oldest first; a machine may have it open.</summary>
    /// <exception cref="IOException">It is no such disk.</exception>
    public async Task<ImmutableArray<SnapshotReport>> SnapshotsAsync(string disk, CancellationToken cancellation)
    {
        var (code, output, errors) = await RunAsync(["info", "-U", "-f", "qcow2", "--output=json", disk], ShortTimeout, cancellation);
        if (code != 0)
            throw new IOException(errors);
        using var facts = JsonDocument.Parse(output);
        return facts.RootElement.TryGetProperty("snapshots", out var snapshots)
            ? [.. snapshots.EnumerateArray().Select(Snapshot).OrderBy(s => s.At).ThenBy(s => s.Name, StringComparer.Ordinal)]
            : [];
    }

    /// <exception cref="IOException">It can't be made.</exception>
    public Task CreateSnapshotAsync(string disk, string name, CancellationToken cancellation) => DoAsync(["snapshot", "-q", "-c", name, disk], LongTimeout, cancellation);

    /// <summary>Puts a disk's content back.</summary>
    /// <exception cref="IOException">It can't be done.</exception>
    public Task ApplySnapshotAsync(string disk, string name, CancellationToken cancellation) => DoAsync(["snapshot", "-q", "-a", name, disk], LongTimeout, cancellation);

    /// <exception cref="IOException">It can't be removed.</exception>
    public Task DeleteSnapshotAsync(string disk, string name, CancellationToken cancellation) => DoAsync(["snapshot", "-q", "-d", name, disk], LongTimeout, cancellation);

    private static SnapshotReport Snapshot(JsonElement snapshot)
    {
        var name = snapshot.GetProperty("name").GetString() ?? "";
        return new(name, DateTimeOffset.FromUnixTimeSeconds(snapshot.GetProperty("date-sec").GetInt64()), name.StartsWith(SnapshotReport.AutomaticPrefix, StringComparison.Ordinal));
    }

    /// <summary>Whether a disk's tables are in order; space that is only lost does no harm.</summary>
    /// <returns>What is wrong; null when nothing is.</returns>
    /// <exception cref="IOException">It can't be found out: a process has the disk open.</exception>
    public async Task<string?> CheckAsync(string disk, CancellationToken cancellation)
    {
        const int leaksOnly = 3;
        for (var since = time.GetTimestamp(); ;)
        {
            var (code, output, errors) = await RunAsync(["check", "-q", "-f", "qcow2", disk], LongTimeout, cancellation);
            if (code is 0 or leaksOnly)
                return null;
            if (!errors.Contains("another process", StringComparison.Ordinal))
                return errors.Length > 0 ? errors : LastLine(output) ?? "its tables are damaged";

            // What has just been killed lets go of its files a moment later.
            if (time.GetElapsedTime(since) > LockTimeout)
                throw new IOException($"another process has {disk} open");
            await Task.Delay(Pause, time, cancellation);
        }
    }

    /// <summary>Repairs what can be repaired; <see cref="CheckAsync"/> tells what came of it.</summary>
    public async Task RepairAsync(string disk, CancellationToken cancellation) =>
        await RunAsync(["check", "-q", "-f", "qcow2", "-r", "all", disk], LongTimeout, cancellation);

    private async Task DoAsync(string[] arguments, TimeSpan limit, CancellationToken cancellation)
    {
        var (code, _, errors) = await RunAsync(arguments, limit, cancellation);
        if (code != 0)
            throw new IOException($"qemu-img {arguments[0]} ended with {code}: {errors}");
    }

    private async Task<(int Code, string Output, string Errors)> RunAsync(string[] arguments, TimeSpan limit, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(limit);
        var output = "";
        try
        {
            var result = await ChildProcess.RunAsync(
                programs.Images, arguments, [new("PATH", programs.SearchPath), new("LC_ALL", "C")], "/", "",
                async (stream, c) => output = Encoding.UTF8.GetString(await BoundedStream.ReadStartAsync(stream, MaxOutput, c)),
                deadline.Token);
            return (result.ExitCode, output, LastLine(result.Errors) ?? "");
        }
        catch (Win32Exception e)
        {
            throw new IOException($"{programs.Images} can't be started: {e.Message}", e);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"qemu-img {arguments[0]} has not ended within {limit.TotalSeconds:0} s");
        }
    }

    private static string? LastLine(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();
}

/// <param name="Size">Bytes, as a guest sees it.</param>
/// <param name="Backing">The disk that it lies over; null when it stands alone.</param>
/// <param name="HasDataFile">Its content is in a file elsewhere.</param>
internal sealed record DiskFacts(long Size, string? Backing, bool HasDataFile);
