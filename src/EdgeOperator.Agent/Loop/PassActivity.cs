using System.Diagnostics;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Agent.Loop;

/// <summary>What a pass leaves in the trace.</summary>
internal static class PassActivity
{
    /// <summary>Adds to the current activity what the pass worked on and what came of it.</summary>
    public static void Describe(Pass pass, string outcome)
    {
        if (Activity.Current is not { } activity)
            return;

        activity.SetTag("edgeoperator.revision", pass.Target.Rendering?.Revision.Id).SetTag("edgeoperator.outcome", outcome);
        foreach (var result in pass.Results.Where(r => r.Step is not Milestone))
            activity.AddEvent(new(result.Step.Id, tags: new() { ["outcome"] = result.Outcome.GetType().Name.ToLowerInvariant() }));
    }
}
