using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Tests.Planning.Model;

/// <summary>Runs a plan on a model device as the agent's executor does, one step after the other.</summary>
internal sealed class ModelExecution(ModelDevice device, DesiredState desired)
{
    private enum End
    {
        Succeeded,
        Pending,
        Failed,
    }

    private readonly Dictionary<string, End> _ends = [];

    /// <summary>Ids of the steps that changed the device, in order.</summary>
    public List<string> Done { get; } = [];

    /// <param name="limit">The agent is killed before its next step once it has done so many.</param>
    /// <param name="fails">Steps that fail although the device would do them.</param>
    /// <returns>False when the agent was killed.</returns>
    public bool Run(Plan plan, int limit = int.MaxValue, Func<Step, bool>? fails = null)
    {
        foreach (var step in plan.Steps)
        {
            if (Done.Count >= limit)
                return false;
            _ends.Add(step.Id, Finish(step, fails));
        }

        return true;
    }

    private End Finish(Step step, Func<Step, bool>? fails)
    {
        var required = step.Requires.Select(id => _ends[id]).ToList();
        if (required.Contains(End.Failed))
            return End.Failed;
        if (required.Contains(End.Pending) || step.After.Any(id => _ends[id] == End.Pending))
            return End.Pending;

        switch (step)
        {
            case Milestone:
                return End.Succeeded;
            case AwaitReady gate:
                return Readiness.Assess(RegisteredKinds.All, gate, desired, device.Observe(), device.Now).IsReady ? End.Succeeded : End.Pending;
            default:
                if (fails?.Invoke(step) is true || !device.Execute(step, desired))
                    return End.Failed;
                Done.Add(step.Id);
                return End.Succeeded;
        }
    }
}
