using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Planning;

/// <summary>What a plan comes to: in which fields the resources that it changes differ from what they were, and how many there are.</summary>
/// <param name="Fields">By resource; those that are new, or only repaired, have none.</param>
public sealed record PlanDetail(ImmutableSortedDictionary<ResourceId, ImmutableArray<FieldChange>> Fields, PlanSummary Summary)
{
    /// <param name="desired">What the plan leads to.</param>
    /// <param name="previous">What the device was made of before; null when that is not known.</param>
    public static PlanDetail Of(Plan plan, DesiredState desired, DesiredState? previous)
    {
        var fields = ImmutableSortedDictionary.CreateBuilder<ResourceId, ImmutableArray<FieldChange>>();
        foreach (var id in plan.Steps.Select(step => step.Resource).Distinct())
        {
            if (Compare(id, desired, previous) is { IsEmpty: false } changes)
                fields[id] = changes;
        }

        return new(fields.ToImmutable(), PlanSummary.Of(plan, desired, previous));
    }

    private static ImmutableArray<FieldChange> Compare(ResourceId id, DesiredState desired, DesiredState? previous)
    {
        if (previous is null || !desired.Resources.TryGetValue(id, out var next) || !previous.Resources.TryGetValue(id, out var old)
            || desired.Manifests.GetValueOrDefault(id) is not { } after || previous.Manifests.GetValueOrDefault(id) is not { } before)
            return [];
        var changes = FieldChanges.Between(before.DigestedSpec(), after.DigestedSpec());
        return changes.IsEmpty && old.SpecHash != next.SpecHash ? [new("files of the source", "one content", "another content")] : changes;
    }
}

/// <summary>How many resources a plan adds, changes and removes, how many restarts it asks for, and how many resources it leaves alone.</summary>
public sealed record PlanSummary(int Add, int Change, int Remove, int Restart, int Blocked)
{
    /// <inheritdoc cref="PlanDetail.Of"/>
    public static PlanSummary Of(Plan plan, DesiredState desired, DesiredState? previous)
    {
        var (add, change, remove) = (0, 0, 0);
        foreach (var steps in plan.Steps.Where(step => step is not (Milestone or AwaitReady or Fetch) && step.ConcernsResource && !step.IsRestart).GroupBy(step => step.Resource))
        {
            if (!desired.Resources.ContainsKey(steps.Key))
                remove++;
            else if (steps.All(step => step.Effect == StepEffect.Remove))
                continue;
            else if (previous?.Resources.ContainsKey(steps.Key) == true)
                change++;
            else
                add++;
        }

        return new(add, change, remove, plan.Steps.Count(step => step.IsRestart), plan.Blocked.Length);
    }

    /// <summary>Such as <c>3 to change, 1 to remove; 1 restart</c>; empty when there is nothing to count.</summary>
    public override string ToString()
    {
        string changes = string.Join(", ", new[] { Part(Add, "to add"), Part(Change, "to change"), Part(Remove, "to remove") }.OfType<string>());
        return string.Join("; ", new[] { changes.Length == 0 ? null : changes, Restart == 0 ? null : Restart == 1 ? "1 restart" : $"{Restart} restarts", Part(Blocked, "blocked") }.OfType<string>());
    }

    private static string? Part(int count, string what) => count == 0 ? null : $"{count} {what}";
}
