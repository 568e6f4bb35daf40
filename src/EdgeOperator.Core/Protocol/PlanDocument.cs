using System.Collections.Immutable;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Core.Protocol;

/// <summary>A plan as <c>edgeop plan -o json</c> prints it.</summary>
public sealed record PlanDocument(
    string Revision, PlanSummary Summary, ImmutableArray<PlannedChange> Changes, ImmutableArray<PlannedStep> Steps, ImmutableArray<PlannedBlock> Blocked)
{
    public static PlanDocument From(string revision, Plan plan, PlanDetail detail) => new(
        revision,
        detail.Summary,
        [.. detail.Fields.Select(change => new PlannedChange(change.Key.ToString(), change.Value))],
        [.. plan.Steps.Select(s => new PlannedStep(s.Id, s.GetType().Name, s.Resource.ToString(), s.Reason, s.Requires, s.After))],
        [.. plan.Blocked.Select(h => new PlannedBlock(h.Resource.ToString(), h.Word, h.Message, h.Until))]);
}

/// <param name="Fields">In which fields the resource differs from what it was.</param>
public sealed record PlannedChange(string Resource, ImmutableArray<FieldChange> Fields);

public sealed record PlannedStep(
    string Id,
    string Action,
    string Resource,
    string Reason,
    ImmutableArray<string> Requires,
    ImmutableArray<string> After);

public sealed record PlannedBlock(string Resource, string Reason, string Message, DateTimeOffset? Until);
