using System.Collections.Immutable;

namespace EdgeOperator.Core.State;

/// <summary>Reads and replaces conditions, keeping the time of the last transition.</summary>
public static class Conditions
{
    public static Condition? Find(this ImmutableArray<Condition> conditions, string type) =>
        conditions.IsDefault ? null : conditions.FirstOrDefault(c => c.Type == type);

    public static bool Is(this ImmutableArray<Condition> conditions, string type) =>
        conditions.Find(type)?.Status == ConditionStatus.True;

    /// <summary>The condition as of now; its transition time moves only when its status did.</summary>
    public static Condition Next(
        this ImmutableArray<Condition> previous,
        string type,
        ConditionStatus status,
        string reason,
        string message,
        DateTimeOffset now,
        string? revision) =>
        previous.Find(type) is { } before && before.Status == status
            ? before with { Reason = reason, Message = message, ObservedRevision = revision }
            : new(type, status, reason, message, now, revision);
}
