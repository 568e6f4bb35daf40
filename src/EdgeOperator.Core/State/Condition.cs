namespace EdgeOperator.Core.State;

public enum ConditionStatus
{
    Unknown,
    True,
    False,
}

/// <summary>A Kubernetes-style condition.</summary>
/// <param name="Type"><c>Ready</c>, <c>Reconciling</c>, <c>Stalled</c> or, for the device, <c>Degraded</c>.</param>
/// <param name="Reason">One CamelCase word, stable, for programs.</param>
/// <param name="Message">A sentence for people.</param>
public sealed record Condition(
    string Type,
    ConditionStatus Status,
    string Reason,
    string Message,
    DateTimeOffset LastTransitionTime,
    string? ObservedRevision)
{
    public const string Ready = nameof(Ready);
    public const string Reconciling = nameof(Reconciling);
    public const string Stalled = nameof(Stalled);
    public const string Degraded = nameof(Degraded);
}
