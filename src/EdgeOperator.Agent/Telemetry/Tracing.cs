using System.Diagnostics;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Agent.Telemetry;

/// <summary>The agent's traces: an activity a pass, with an event a step. They cost nothing while nobody listens.</summary>
public static class Tracing
{
    public const string SourceName = "EdgeOperator";

    public static ActivitySource Source { get; } = new(SourceName);

    /// <summary>Runs a pass in an activity of its own.</summary>
    public static async Task<T> PassAsync<T>(Func<CancellationToken, Task<T>> pass, CancellationToken cancellation)
    {
        using var activity = Source.StartActivity("reconcile pass");
        try
        {
            return await pass(cancellation);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            throw;
        }
    }

    /// <summary>Says of the pass under way what it worked on and what came of it.</summary>
    public static void Describe(Pass pass, string outcome)
    {
        if (Activity.Current is not { } activity)
            return;

        activity.SetTag("edgeoperator.revision", pass.Aim.Target?.Revision.Id).SetTag("edgeoperator.outcome", outcome);
        foreach (var result in pass.Results.Where(r => r.Step is not Milestone))
            activity.AddEvent(new(result.Step.Id, tags: new() { ["outcome"] = result.Outcome.GetType().Name.ToLowerInvariant() }));
    }
}
