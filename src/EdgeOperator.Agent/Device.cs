using System.Collections.Immutable;
using EdgeOperator.Agent.Execution;
using EdgeOperator.Agent.Kinds;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent;

/// <summary>The machine under the agent: what is on it, and how to change it, through all drivers.</summary>
public sealed class Device
{
    private readonly ImmutableArray<IDriver> _drivers;
    private readonly PlanExecutor _executor;
    private readonly TimeProvider _time;

    public Device(ImmutableArray<IDriver> drivers, int parallelism, TimeProvider time, FaultPoint? fault, ILogger<PlanExecutor> logger)
    {
        (_drivers, _time) = (drivers, time);
        _executor = new(drivers, AwaitReadyAsync, parallelism, time, fault, logger);
    }

    public async Task<ObservedState> ObserveAsync(DesiredState desired, CancellationToken cancellation)
    {
        var observed = ObservedState.Nothing;
        foreach (var driver in _drivers)
            observed = await driver.ObserveAsync(observed, desired, cancellation);
        return observed;
    }

    public Task<ImmutableArray<StepResult>> ExecuteAsync(Plan plan, DesiredState desired, CancellationToken cancellation)
    {
        foreach (var driver in _drivers)
            driver.Expect(plan);
        return _executor.RunAsync(plan, desired, cancellation);
    }

    public ResourceStatus Describe(Resource resource, ObservedState observed) =>
        _drivers.Select(d => d.Describe(resource, observed)).OfType<ResourceStatus>().FirstOrDefault()
        ?? new() { Kind = resource.Id.Kind, Name = resource.Id.Name, State = "unknown" };

    /// <summary>Calls <paramref name="changed"/> whenever a pass may be due. Runs until cancelled.</summary>
    public Task WatchAsync(Action<string> changed, CancellationToken cancellation) =>
        Task.WhenAll(_drivers.Select(d => d.WatchAsync(changed, cancellation)));

    private async Task<StepOutcome> AwaitReadyAsync(AwaitReady gate, DesiredState desired, CancellationToken cancellation)
    {
        var report = Readiness.Assess(gate, desired, await ObserveAsync(desired, cancellation), _time.GetUtcNow());
        return report.Level == ReadinessLevel.Ready
            ? new StepOutcome.Succeeded()
            : new StepOutcome.Pending($"waiting for {gate.Resource} to be ready: {report.Message}");
    }
}
