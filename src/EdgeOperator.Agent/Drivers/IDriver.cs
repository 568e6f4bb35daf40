using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Drivers;

/// <summary>
/// One kind of thing that a device has, and how to read and change it. A driver decides nothing: the planner does.
/// </summary>
public interface IDriver
{
    /// <summary>
    /// Adds this driver's part to <paramref name="observed"/>, and changes nothing. Never throws for a system that is down: that is an
    /// observation too.
    /// </summary>
    /// <param name="desired">What is desired now, for what can only be read by name (files, images).</param>
    Task<ObservedState> ObserveAsync(ObservedState observed, DesiredState desired, CancellationToken cancellation);

    /// <summary>
    /// Called with every observation that the loop goes by: what to watch follows from it, and only a difference to it is reported.
    /// Never called by whoever only plans.
    /// </summary>
    Task FollowAsync(DeviceState device) => Task.CompletedTask;

    /// <summary>
    /// A resource of this driver's kind as people want to see it: state, summary, details, progress of a transfer. Its
    /// conditions are the caller's. Null for another driver's kind.
    /// </summary>
    ResourceStatus? Describe(Resource resource, ObservedState observed);

    /// <summary>Called with every plan before it is executed: background work that is not in it may be cancelled.</summary>
    void Expect(Plan plan, DeviceState device)
    {
    }

    /// <summary>Whether <see cref="ExecuteAsync"/> takes this step.</summary>
    bool Handles(Step step);

    /// <summary>Carries one step out, idempotently; failures are outcomes, not exceptions.</summary>
    /// <param name="device">Holds the resource's spec; <see cref="Step"/> only names it.</param>
    Task<StepOutcome> ExecuteAsync(Step step, DeviceState device, CancellationToken cancellation);

    /// <summary>Called whenever a pass was carried through and is reported.</summary>
    void PassReported()
    {
    }

    /// <summary>Calls <paramref name="changed"/> with a few words of why whenever a pass may be due. Runs until cancelled.</summary>
    Task WatchAsync(Action<string> changed, CancellationToken cancellation);
}
