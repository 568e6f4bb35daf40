using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Figures;

/// <summary>A device's figures at a moment, in percent and degrees; null for what it did not tell.</summary>
/// <param name="Disk">Of the fullest file system.</param>
/// <param name="Temperature">Of the hottest sensor.</param>
internal readonly record struct FiguresPoint(DateTimeOffset At, int? Cpu, int? Memory, int? Disk, int? Temperature);

/// <param name="At">When the latest came.</param>
/// <param name="Points">Of a day, the oldest first.</param>
internal sealed record KnownFigures(DateTimeOffset At, HostFigures Latest, IReadOnlyList<FiguresPoint> Points);

/// <summary>How busy and how full devices have been for a day, as their agents tell it: a document a device.</summary>
internal sealed class DeviceFigures(IHubStore store, TimeProvider time)
{
    private const string Kind = "hostFigures";
    private const int LongestMessage = 8 * 1024;

    /// <summary>Agents send one every five minutes.</summary>
    private const int MostPoints = 288;

    private const int LongestName = 256;

    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(1);

    /// <summary>What comes sooner takes the place of the point before.</summary>
    private static readonly TimeSpan LeastInterval = TimeSpan.FromMinutes(2);

    /// <summary>What comes sooner is left out, so that no device has its document written all the time.</summary>
    private static readonly TimeSpan TooSoon = TimeSpan.FromSeconds(20);

    public async Task<KnownFigures?> FindAsync(string device, CancellationToken cancellation) =>
        await store.FindDocumentAsync(Kind, device, cancellation) is { } document ? Read(document) : null;

    /// <summary>Takes what a device has sent. What is no figures is left out: a device may send anything.</summary>
    public async Task AddAsync(string device, byte[] message, CancellationToken cancellation)
    {
        if (message.Length > LongestMessage || Parse(message) is not { } figures)
            return;
        var now = time.GetUtcNow();
        var before = await store.FindDocumentAsync(Kind, device, cancellation);
        var known = before is null ? null : Read(before);
        if (known is not null && now - known.At is var age && age >= TimeSpan.Zero && age < TooSoon)
            return;
        var kept = (known?.Points ?? []).Where(p => now - p.At < KeptFor && p.At <= now).ToList();
        if (kept.Count > 0 && now - kept[^1].At < LeastInterval)
            kept.RemoveAt(kept.Count - 1);
        kept.Add(PointOf(figures, now));
        var document = new Document(Kind, device, Guid.NewGuid().ToString("N"), Write(figures, now, kept.TakeLast(MostPoints)));

        // Whoever has written meanwhile has a point of the same moment.
        await store.WriteDocumentAsync(document, before?.ETag, cancellation);
    }

    public Task ForgetAsync(string device, CancellationToken cancellation) => store.RemoveDocumentAsync(Kind, device, null, cancellation);

    private static HostFigures? Parse(byte[] message)
    {
        try
        {
            if (JsonSerializer.Deserialize(message, ProtocolJson.Default.HostFigures) is not { } read)
                return null;

            // What is missing is none.
            var figures = read with { Disks = read.Disks.IsDefault ? [] : read.Disks, Temperatures = read.Temperatures.IsDefault ? [] : read.Temperatures };
            return figures is { Cpu: null or (>= 0 and <= 1), MemoryTotal: null or > 0, MemoryAvailable: null or >= 0 }
                && figures.Disks.All(d => d is { Path: { Length: <= LongestName }, Total: > 0, Free: >= 0 } && d.Free <= d.Total) && figures.Temperatures.All(t => t is { Sensor: { Length: <= LongestName }, Celsius: > -273 and < 1000 })
                && (figures.MemoryTotal is not { } total || figures.MemoryAvailable is not { } available || available <= total)
                ? figures
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static FiguresPoint PointOf(HostFigures figures, DateTimeOffset at) => new(
        at,
        figures.Cpu is { } cpu ? (int)Math.Round(100 * cpu) : null,
        figures.MemoryUsed,
        figures.Disks.IsEmpty ? null : figures.Disks.Max(d => d.Used),
        figures.Temperatures.IsEmpty ? null : (int)Math.Round(figures.Temperatures.Max(t => t.Celsius)));

    // A point is a list of numbers: a day of them is to be small.
    private static string Write(HostFigures latest, DateTimeOffset at, IEnumerable<FiguresPoint> points) => new JsonObject
    {
        ["at"] = at.ToUnixTimeSeconds(),
        ["latest"] = JsonSerializer.SerializeToNode(latest, ProtocolJson.Default.HostFigures),
        ["points"] = new JsonArray([.. points.Select(p => new JsonArray(p.At.ToUnixTimeSeconds(), p.Cpu, p.Memory, p.Disk, p.Temperature))]),
    }.ToJsonString();

    private static KnownFigures Read(Document document)
    {
        var body = JsonNode.Parse(document.Json)!.AsObject();
        return new(
            DateTimeOffset.FromUnixTimeSeconds((long)body["at"]!), body["latest"].Deserialize(ProtocolJson.Default.HostFigures)!,
            [.. body["points"]!.AsArray().Select(p => p!.AsArray()).Select(p => new FiguresPoint(DateTimeOffset.FromUnixTimeSeconds((long)p[0]!), (int?)p[1], (int?)p[2], (int?)p[3], (int?)p[4]))]);
    }
}
