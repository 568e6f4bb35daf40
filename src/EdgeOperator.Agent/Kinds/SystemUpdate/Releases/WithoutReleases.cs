using EdgeOperator.Agent.Drivers;
using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Core.Kinds.SystemUpdate;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Kinds.SystemUpdate.Releases;

/// <summary>For systems where the agent can't change its version.</summary>
internal sealed class WithoutReleases : IDriver
{
    public Task<ObservedState> ObserveAsync(ObservedState observed, DesiredState desired, CancellationToken cancellation) =>
        Task.FromResult(observed.With(ObservedUpdates.Of(observed) with { Agent = new() { Running = AgentVersion.Number, Unsupervised = "that is possible on Linux only" } }));

    public ResourceStatus? Describe(Resource resource, ObservedState observed) => null;

    public bool Handles(Step step) => false;

    public Task<StepOutcome> ExecuteAsync(Step step, DeviceState device, CancellationToken cancellation) => throw new ArgumentOutOfRangeException(nameof(step), step.Id, "not a step of this driver");

    public Task WatchAsync(Action<string> changed, CancellationToken cancellation) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
}
