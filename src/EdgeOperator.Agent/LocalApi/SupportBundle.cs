using System.ComponentModel;
using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EdgeOperator.Agent.Checks;
using EdgeOperator.Agent.Hardware;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Platform.Processes;
using EdgeOperator.Platform.Streams;

namespace EdgeOperator.Agent.LocalApi;

/// <summary>
/// What somebody who helps needs to see of a device, as a gzipped tar file: findings, status, events, history, configuration, logs. Secrets are
/// taken out, and nothing is changed.
/// </summary>
/// <param name="control">The running agent; null where none answers.</param>
/// <param name="secrets">Values of secrets that must not appear.</param>
public sealed class SupportBundle(AgentConfiguration configuration, IAgentControl? control, string? absence, IEnumerable<string> secrets, TimeProvider time)
{
    public const string MediaType = "application/gzip";

    /// <summary>Bytes of one file in it; of a longer log the end.</summary>
    private const int LargestFile = 2 * 1024 * 1024;

    /// <summary>Bytes of all files, before they are packed.</summary>
    private const int LargestBundle = 64 * 1024 * 1024;

    private const int LogLines = 2000;
    private const int Events = 2000;
    private const int Runs = 200;

    /// <summary>Of one log, and of one program.</summary>
    private static readonly TimeSpan PartTimeout = TimeSpan.FromSeconds(15);

    private readonly BundleText _text = new([.. secrets, .. BundleText.In(configuration)]);
    private int _size;

    public async Task WriteAsync(Stream output, CancellationToken cancellation)
    {
        await using var gzip = new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true);
        await using var tar = new TarWriter(gzip, TarEntryFormat.Pax, leaveOpen: true);
        await AddAsync(tar, "README.txt", About(), cancellation);
        await AddAsync(tar, "check.json", await DeviceChecks.RunAsync(configuration, control?.Status, absence, time, cancellation), ProtocolJson.Default.CheckReport, cancellation);
        await AddAsync(tar, "host.json", new HostReader().Read(), ProtocolJson.Default.HostFigures, cancellation);
        if (configuration.File is { } file)
            await AddFileAsync(tar, "agent.yaml", file, cancellation);
        if (control is not null)
            await AddAgentAsync(tar, control, cancellation);
        else
            await AddStateAsync(tar, cancellation);
        if (OperatingSystem.IsLinux())
            await AddSystemAsync(tar, cancellation);
    }

    private string About() =>
        $"""
        A support bundle of {configuration.Device.Name}, made at {time.GetUtcNow():u} by edgeop {AgentVersion.Number} ({AgentVersion.Commit}) on {RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}.

        Values of secrets, keys, tokens and passwords were replaced by {Redaction.Hidden} as far as they are known or look like such. What modules print is theirs:
        look through logs/ before you give this to somebody.
        {(control is null ? $"\nNo agent answered: {absence}\n" : "")}
        """;

    private async Task AddAgentAsync(TarWriter tar, IAgentControl agent, CancellationToken cancellation)
    {
        var status = agent.Status;
        await AddAsync(tar, "status.json", status, ProtocolJson.Default.DeviceStatus, cancellation);
        await AddAsync(tar, "events.json", agent.Events(0, Events, null), ProtocolJson.Default.ImmutableArrayEventRecord, cancellation);
        await AddAsync(tar, "history.json", agent.History(Runs), ProtocolJson.Default.ImmutableArrayHistoryRecord, cancellation);
        foreach (var resource in status.Resources)
        {
            var id = new ResourceId(resource.Kind, resource.Name);
            await AddAsync(tar, $"resources/{resource.Kind}/{resource.Name}.json", agent.Describe(id), ProtocolJson.Default.ResourceStatus, cancellation);
            if (resource.Kind is KindNames.EdgeModule or KindNames.FunctionApp or KindNames.VirtualMachine)
                await AddLogAsync(tar, agent, id, cancellation);
        }
    }

    private async Task AddLogAsync(TarWriter tar, IAgentControl agent, ResourceId id, CancellationToken cancellation)
    {
        var name = $"logs/{id.Kind}/{id.Name}.log";
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(PartTimeout);
            var log = new EndOfStream(LargestFile);
            await agent.CopyLogsAsync(id, new(Tail: LogLines) { Timestamps = id.Kind == KindNames.EdgeModule }, log, limit.Token);
            await AddAsync(tar, name, log.Text(), cancellation);
        }
        catch (Exception e) when (e is ControlException or IOException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            await AddAsync(tar, name, $"it can't be read: {e.Message}\n", cancellation);
        }
    }

    private async Task AddStateAsync(TarWriter tar, CancellationToken cancellation)
    {
        try
        {
            await AddAsync(tar, "history.json", StateStore.ReadHistory(configuration.StateDirectory, Runs), ProtocolJson.Default.ImmutableArrayHistoryRecord, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await AddAsync(tar, "history.txt", $"it can't be read: {e.Message}\n", cancellation);
        }
    }

    private async Task AddSystemAsync(TarWriter tar, CancellationToken cancellation)
    {
        foreach (var file in (string[])["/etc/os-release", "/proc/version", "/proc/meminfo", "/proc/self/mounts", "/proc/uptime", "/etc/resolv.conf"])
            if (File.Exists(file))
                await AddFileAsync(tar, $"system{file}", file, cancellation);
        (string Name, string Program, string[] Arguments)[] programs =
        [
            ("journal.txt", "journalctl", ["--unit=edgeop", "--no-pager", "--output=short-iso", $"--lines={LogLines}"]),
            ("df.txt", "df", ["-h"]), ("addresses.txt", "ip", ["address"]), ("routes.txt", "ip", ["route"]), ("time.txt", "timedatectl", []),
            ("docker.txt", "docker", ["info"]), ("containers.txt", "docker", ["ps", "--all", "--no-trunc", "--format", "table {{.ID}}\t{{.Image}}\t{{.Names}}\t{{.Status}}"]),
        ];
        foreach (var (name, program, arguments) in programs)
            if (await RunAsync(program, arguments, cancellation) is { Length: > 0 } printed)
                await AddAsync(tar, $"system/{name}", printed, cancellation);
    }

    /// <returns>Null when there is no such program, or it does not answer.</returns>
    private static async Task<string?> RunAsync(string program, string[] arguments, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(PartTimeout);
        byte[] printed = [];
        try
        {
            var result = await ChildProcess.RunAsync(
                program, arguments, [new("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"), new("LC_ALL", "C"), new("HOME", "/")], "/", "",
                async (output, c) => printed = await BoundedStream.ReadStartAsync(output, LargestFile, c), limit.Token);
            return Encoding.UTF8.GetString(printed) + (result.ExitCode == 0 ? "" : $"\n{result.Errors}\nexit code {result.ExitCode}\n");
        }
        catch (Exception e) when (e is Win32Exception or IOException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }

    private async Task AddFileAsync(TarWriter tar, string name, string file, CancellationToken cancellation)
    {
        try
        {
            // Files of the kernel have no length.
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            await AddAsync(tar, name, Encoding.UTF8.GetString(await BoundedStream.ReadStartAsync(stream, LargestFile, cancellation)), cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await AddAsync(tar, name, $"it can't be read: {e.Message}\n", cancellation);
        }
    }

    private Task AddAsync<T>(TarWriter tar, string name, T value, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        AddAsync(tar, name, JsonSerializer.Serialize(value, type), cancellation);

    private async Task AddAsync(TarWriter tar, string name, string text, CancellationToken cancellation)
    {
        var content = Encoding.UTF8.GetBytes(_text.Of(text));
        if (content.Length > LargestFile)
            content = content[^LargestFile..];
        if (_size + content.Length > LargestBundle)
            content = "left out: the bundle would be too large\n"u8.ToArray();
        _size += content.Length;
        var entry = new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content), Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite, ModificationTime = time.GetUtcNow() };
        await tar.WriteEntryAsync(entry, cancellation);
    }

    /// <summary>Keeps the last bytes of what is written.</summary>
    private sealed class EndOfStream(int most) : MemoryStream
    {
        public string Text()
        {
            Trim();
            return Encoding.UTF8.GetString(ToArray());
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await base.WriteAsync(buffer, cancellationToken);
            if (Length > 2L * most)
                Trim();
        }

        private void Trim()
        {
            if (Length <= most)
                return;
            var end = ToArray()[^most..];
            SetLength(0);
            Write(end);
        }
    }
}
