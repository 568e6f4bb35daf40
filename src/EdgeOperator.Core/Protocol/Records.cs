using System.Text.Json.Serialization;

namespace EdgeOperator.Core.Protocol;

public enum EventLevel
{
    Normal,
    Warning,
}

/// <summary>One line of the append-only, bounded event log. Equal events in a row are counted, not repeated.</summary>
/// <param name="Id">Ascending; 0 before it is stored.</param>
/// <param name="At">When it last happened.</param>
/// <param name="Resource"><c>Kind/name</c>, or null for the device.</param>
/// <param name="Step">The step's id, or null.</param>
/// <param name="Reason">One CamelCase word.</param>
/// <param name="Count">How often it happened in a row.</param>
/// <param name="User">The operator who asked for it; null for what the agent did by itself.</param>
public sealed record EventRecord(
    long Id,
    DateTimeOffset At,
    EventLevel Level,
    string? Revision,
    string? Resource,
    string? Step,
    string Reason,
    string Message,
    int Count = 1,
    string? User = null);

public enum RevisionOutcome
{
    /// <summary>Being fetched or applied, or watched by its health gate.</summary>
    InProgress,
    Succeeded,
    RolledBack,

    /// <summary>The manifests were invalid, so nothing was changed.</summary>
    Invalid,

    /// <summary>A newer revision came before the gate was passed.</summary>
    Superseded,

    /// <summary>The device was rebooted for an update of the revision, and was well afterwards.</summary>
    Rebooted,

    /// <summary>A reboot did not come about, or the device was not well after it.</summary>
    RebootFailed,
}

/// <summary>One run of a revision on the device, or one reboot for it.</summary>
public sealed record HistoryRecord(
    long Id,
    string Revision,
    string Display,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    RevisionOutcome Outcome,
    string? Reason)
{
    /// <summary>The operator who rolled back to it; null when the sources asked for it.</summary>
    public string? User { get; init; }

    /// <summary>Whether the device still has it, so that it can be rolled back to.</summary>
    public bool Kept { get; init; }

    [JsonIgnore]
    public bool IsReboot => Outcome is RevisionOutcome.Rebooted or RevisionOutcome.RebootFailed;
}
