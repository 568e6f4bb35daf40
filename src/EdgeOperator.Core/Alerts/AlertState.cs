using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeOperator.Core.Alerts;

public enum AlertStatus
{
    Firing,
    Resolved,
}

/// <summary>Something that a rule is about.</summary>
/// <param name="Subject">A device's or a fleet's name.</param>
/// <param name="Since">Since when it is so, as far as that is known.</param>
/// <param name="Detail">In the words of whoever knows; null for none.</param>
public sealed record AlertMatch(string Subject, DateTimeOffset Since, string? Detail = null);

/// <summary>What a receiver has been told last.</summary>
/// <param name="Version">0 for nothing yet.</param>
/// <param name="Status">Null for nothing yet.</param>
/// <param name="At">When it was told, or could not be.</param>
/// <param name="Failures">In a row.</param>
/// <param name="Problem">Why it could not be told; null when it was.</param>
public sealed record AlertDelivery(int Version, AlertStatus? Status, DateTimeOffset At, int Failures = 0, string? Problem = null);

/// <summary>An alert: all that one rule finds wrong in one group of devices.</summary>
public sealed record AlertState
{
    public required string Rule { get; init; }

    /// <summary>The labels by which devices are grouped; empty for all of them.</summary>
    public required ImmutableSortedDictionary<string, string> Group { get; init; }

    public required string Severity { get; init; }

    public required AlertStatus Status { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Null while it lasts.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Since when nothing is wrong any more; null while something is.</summary>
    public DateTimeOffset? CalmSince { get; init; }

    /// <summary>How many devices, or rollouts, it is about, or was.</summary>
    public required int Count { get; init; }

    /// <summary>The first of them.</summary>
    public required ImmutableArray<AlertMatch> First { get; init; }

    /// <summary>Who receivers know of, as far as that is kept.</summary>
    public ImmutableHashSet<string> Known { get; init; } = [];

    /// <summary>How many there were when receivers were to be told last.</summary>
    public int KnownCount { get; init; }

    /// <summary>Rises with everything that receivers are to be told.</summary>
    public required int Version { get; init; }

    /// <summary>When it has risen.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>By the receivers' names.</summary>
    public ImmutableSortedDictionary<string, AlertDelivery> Deliveries { get; init; } = ImmutableSortedDictionary<string, AlertDelivery>.Empty;

    /// <summary>The rule, and the group where there is one: <c>DeviceOffline site=berlin</c>.</summary>
    [JsonIgnore]
    public string Key => KeyOf(Rule, Group);

    public static string KeyOf(string rule, ImmutableSortedDictionary<string, string> group) =>
        group.IsEmpty ? rule : $"{rule} {string.Join(',', group.Select(label => $"{label.Key}={label.Value}"))}";

    public static AlertState Read(string json) => JsonSerializer.Deserialize(json, AlertJson.Default.AlertState)!;

    public string Write() => JsonSerializer.Serialize(this, AlertJson.Default.AlertState);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AlertState))]
internal sealed partial class AlertJson : JsonSerializerContext;
