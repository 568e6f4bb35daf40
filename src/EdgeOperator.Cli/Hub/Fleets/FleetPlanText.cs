using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Hub.Fleets;

/// <summary>Words about a plan for a fleet.</summary>
internal static class FleetPlanText
{
    public static string Title(JsonObject answer) => (string?)answer["revision"] is { } commit
        ? $"{(string?)answer["fleet"]} at {commit[..Math.Min(8, commit.Length)]} ({(string?)answer["subject"]})"
        : $"{(string?)answer["fleet"]} with the folder that was sent";

    /// <summary>Such as <c>12 devices: 10 would change, 1 would not, 1 can't take it</c>.</summary>
    public static string Summary(JsonNode plan)
    {
        string?[] parts =
        [
            Part(plan, "changed", "would change"), Part(plan, "unchanged", "would not"), Part(plan, "invalid", "can't take it"), Part(plan, "unknown", "can't be planned for"),
        ];
        var restarts = (int)plan["restarts"]!;
        return $"{Count((int)plan["devices"]!, "device")}{(parts.Any(part => part is not null) ? ": " : "")}{string.Join(", ", parts.OfType<string>())}{(restarts > 0 ? $"; {Count(restarts, "restart")}" : "")}";
    }

    /// <summary>Such as <c>1.2 MB to fetch in all</c>; null for nothing.</summary>
    public static string? Downloads(JsonNode plan)
    {
        var downloads = plan["downloads"]!.AsArray();
        if (downloads.Count == 0)
            return null;
        var unknown = downloads.Count(one => one!["size"] is null);
        return $"{Bytes.Text((long)plan["downloadSize"]!)} to fetch in all{(unknown > 0 ? $", and {Count(unknown, "image")} whose size no device knows" : "")}";
    }

    public static string Download(JsonNode download) =>
        $"{(string?)download["what"]}: {Count((int)download["devices"]!, "device")}{((long?)download["size"] is { } size ? $", {Bytes.Text(size)} each" : ", size unknown")}";

    /// <summary>Such as <c>till-1, till-2 and 8 more</c>.</summary>
    public static string Names(JsonNode group)
    {
        const int Shown = 3;
        var names = group["names"]!.AsArray().Select(name => (string)name!).ToArray();
        var more = (int)group["devices"]! - Math.Min(Shown, names.Length);
        return $"{string.Join(", ", names.Take(Shown))}{(more > 0 ? $" and {more} more" : "")}";
    }

    public static string Count(int count, string one) => string.Create(CultureInfo.InvariantCulture, $"{count} {one}{(count == 1 ? "" : "s")}");

    private static string? Part(JsonNode plan, string name, string words) => (int)plan[name]! is > 0 and var count ? string.Create(CultureInfo.InvariantCulture, $"{count} {words}") : null;
}
