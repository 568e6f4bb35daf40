using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Twins.Configurations;

/// <summary>What a configuration that is for a twin has to do with it.</summary>
/// <param name="Reason">Why it is not applied, in words; null when it is.</param>
/// <param name="Paths">The parts of desired properties that it has set and that go with it.</param>
public sealed record ConfigurationState(string? Reason, ImmutableArray<string> Paths)
{
    public static ConfigurationState Applied { get; } = new(null, []);

    public bool IsApplied => Reason is null;

    public static ConfigurationState NotApplied(string reason) => new(reason, []);

    /// <param name="stored">As <see cref="Store"/> wrote it.</param>
    public static ImmutableSortedDictionary<string, ConfigurationState> Read(JsonObject stored) =>
        stored.ToImmutableSortedDictionary(s => s.Key, s => Read(s.Value!), StringComparer.Ordinal);

    public static JsonObject Store(IEnumerable<KeyValuePair<string, ConfigurationState>> states)
    {
        var stored = new JsonObject();
        foreach (var (id, state) in states.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            var entry = Status(state.Reason);
            if (state.Paths.Length > 0)
                entry["paths"] = new JsonArray([.. state.Paths.Select(p => (JsonNode)p)]);
            stored[id] = entry;
        }

        return stored;
    }

    /// <summary>As twins and queries show it: <c>{"status": "Applied"}</c>, or <c>Targeted</c> with the reason, by configuration.</summary>
    public static JsonObject ForService(JsonObject stored)
    {
        var shown = new JsonObject();
        foreach (var (id, state) in stored)
            shown[id] = Status((string?)state!["reason"]);
        return shown;
    }

    private static JsonObject Status(string? reason) => reason is null ? new() { ["status"] = "Applied" } : new() { ["status"] = "Targeted", ["reason"] = reason };

    private static ConfigurationState Read(JsonNode stored) =>
        new((string?)stored["reason"], stored["paths"] is JsonArray paths ? [.. paths.Select(p => (string)p!)] : []);
}
