using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using EdgeOperator.Core.Text;

namespace EdgeOperator.Agent.Checks;

/// <summary>Whether the agent runs, goes on, and is content.</summary>
internal static class AgentCheck
{
    private const string Area = "agent";

    /// <summary>Beyond the interval: a pass may wait for an engine.</summary>
    private static readonly TimeSpan LongestPass = TimeSpan.FromMinutes(15);

    public static Task<IEnumerable<CheckResult>> RunAsync(CheckContext context, CancellationToken cancellation) => Task.FromResult(Look(context));

    private static IEnumerable<CheckResult> Look(CheckContext context)
    {
        if (context.Status is not { } status)
        {
            yield return CheckResult.Error(Area, $"no agent answers: {context.Absence}", $"{ServiceCommands.StartAgent} starts it, and {ServiceCommands.AgentLog} says why it has ended");
            yield break;
        }

        var now = context.Time.GetUtcNow();
        yield return status.AgentVersion == AgentVersion.Number
            ? CheckResult.Ok(Area, $"the agent runs, version {status.AgentVersion}")
            : CheckResult.Warning(Area, $"the agent runs version {status.AgentVersion}, and this program is {AgentVersion.Number}", "restart the agent if it is to have this version");
        if (status.LastPassAt is { } last && now - last is var age && age > context.Configuration.Reconcile.Interval * 2 + LongestPass)
            yield return CheckResult.Error(Area, $"its last pass ended {age.TotalMinutes:0} minutes ago", $"{ServiceCommands.AgentLog} says what it waits for; {ServiceCommands.RestartAgent} begins anew, and what runs on the device runs on");
        if (status.Suspended)
            yield return CheckResult.Warning(Area, "the device is suspended: nothing is changed or healed", "`edgeop resume` ends that");
        foreach (var condition in status.Conditions)
        {
            if (condition is { Type: Condition.Stalled or Condition.Degraded, Status: ConditionStatus.True })
                yield return CheckResult.Error(Area, $"{condition.Type}, {condition.Reason}: {condition.Message}", "`edgeop status` shows all of it, `edgeop events` how it came");
            else if (condition is { Type: Condition.Ready, Status: ConditionStatus.False })
                yield return CheckResult.Warning(Area, $"not Ready, {condition.Reason}: {condition.Message}", "`edgeop status` names the resource, `edgeop describe KIND NAME` says more, `edgeop logs KIND/NAME` what it printed");
        }
    }
}
