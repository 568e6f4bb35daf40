using System.Globalization;
using System.Net;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>What a guest's <c>/usr/lib/edgeop/report</c> prints: lines <c>key value</c>. Keys that are not known are newer than this.</summary>
internal static class GuestReportText
{
    private const int LongestProblem = 300;

    /// <summary>Characters; a report has less than 1,000.</summary>
    private const int LongestReport = 64 * 1024;

    /// <summary>The end of the year 9999.</summary>
    private const long MostSeconds = 253402300800;

    private const int LongestValue = 200;
    private const int MostAddresses = 64;

    /// <summary>Null when it is no report: it names no boot, or does not end.</summary>
    public static GuestReport? Parse(string text)
    {
        if (text.Length > LongestReport)
            return null;
        var values = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => line.Split(' ', 2, StringSplitOptions.TrimEntries))
            .Where(pair => pair is [_, { Length: > 0 }])
            .ToLookup(pair => pair[0], pair => pair[1]);
        if (Text("boot") is not { } boot)
            return null;
        return new()
        {
            BootId = boot,
            Uptime = TimeSpan.FromSeconds(Math.Min(Number("uptime"), int.MaxValue)),
            MemoryTotal = Number("memory.total"),
            MemoryAvailable = Number("memory.available"),
            DiskTotal = Number("disk.total"),
            DiskUsed = Number("disk.used"),
            DiskAvailable = Text("disk.available") is null ? null : Number("disk.available"),
            DiskInodes = Text("disk.inodes") is null ? null : Number("disk.inodes"),
            Addresses = [.. values["address"].Take(MostAddresses).Select(Cut)],
            Host = Text("host") is { } host && IPAddress.TryParse(host, out _) ? host : null,
            Time = Number("time") is > 0 and var seconds and < MostSeconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null,
            Engine = Text("engine"),
            Image = Text("image"),
            Slot = Text("slot"),
            Provisioned = Text("provisioned"),
            Problem = Text("problem") is { Length: > LongestProblem } problem ? problem[..LongestProblem] + "…" : Text("problem"),
        };

        string? Text(string key) => values[key].FirstOrDefault() is { } value ? key == "problem" ? value : Cut(value) : null;

        static string Cut(string value) => value.Length > LongestValue ? value[..LongestValue] : value;

        long Number(string key) => long.TryParse(Text(key)?.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }
}
