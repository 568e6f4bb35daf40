using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using EdgeOperator.Agent.Drivers;
using EdgeOperator.Agent.Execution;
using EdgeOperator.Agent.Kinds;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Loop;

/// <summary>The machine under the agent: what is on it, and how to change it, through the drivers of all kinds.</summary>
public sealed class Device : IAsyncDisposable
{
    private readonly ImmutableArray<(string Kind, IDriver Driver)> _drivers;
    private readonly PlanExecutor _executor;
    private readonly TimeProvider _time;

    private Device(KindSet kinds, ImmutableArray<(string Kind, IDriver Driver)> drivers, int parallelism, TimeProvider time, ILogger<PlanExecutor> logger)
    {
        (Kinds, _drivers, _time) = (kinds, drivers, time);
        _executor = new([.. drivers.Select(d => d.Driver)], AwaitReadyAsync, parallelism, time, FaultPoint.FromEnvironment(), logger);
    }

    public KindSet Kinds { get; }

    /// <summary>The kinds whose resources have logs.</summary>
    public IEnumerable<string> KindsWithLogs => _drivers.Where(d => d.Driver is ILogSource).Select(d => d.Kind);

    /// <summary>The one place where drivers are made, for whoever changes the device and for whoever only plans.</summary>
    /// <param name="isReadOnly">For whoever only observes, perhaps beside a running agent.</param>
    /// <exception cref="IOException">The state directory can't be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The state directory may not be used.</exception>
    public static Device Create(DeviceKinds kinds, AgentConfiguration configuration, TimeProvider time, ILoggerFactory loggers, SecretVault secrets, bool isReadOnly = false)
    {
        var context = new DriverContext(configuration, time, loggers, secrets, isReadOnly);
        var drivers = ImmutableArray.CreateBuilder<(string, IDriver)>();
        foreach (var registration in kinds.Drivers)
        {
            var driver = registration.Create(context);
            context.Add(driver);
            drivers.Add((registration.Kind, driver));
        }

        return new(kinds.Kinds, drivers.ToImmutable(), configuration.Reconcile.Parallelism, time, loggers.CreateLogger<PlanExecutor>());
    }

    public async Task<ObservedState> ObserveAsync(DesiredState desired, CancellationToken cancellation)
    {
        var observed = ObservedState.Nothing;
        foreach (var (_, driver) in _drivers)
            observed = await driver.ObserveAsync(observed, desired, cancellation);
        return observed;
    }

    /// <summary>Has drivers watch what was observed, and report what differs from it later.</summary>
    public Task FollowAsync(DeviceState device) => Task.WhenAll(_drivers.Select(d => d.Driver.FollowAsync(device)));

    public Task<ImmutableArray<StepResult>> ExecuteAsync(Plan plan, DeviceState device, CancellationToken cancellation)
    {
        foreach (var (_, driver) in _drivers)
            driver.Expect(plan, device);
        return _executor.RunAsync(plan, device, cancellation);
    }

    /// <summary>Tells drivers that a pass was carried through and is reported.</summary>
    public void PassReported()
    {
        foreach (var (_, driver) in _drivers)
            driver.PassReported();
    }

    public ResourceStatus Describe(Resource resource, ObservedState observed) =>
        DriverOf(resource.Id.Kind)?.Describe(resource, observed) ?? new() { Kind = resource.Id.Kind, Name = resource.Id.Name, State = "unknown" };

    /// <summary>Another interface of a kind's driver; null when it does not implement it.</summary>
    public T? Find<T>(string kind)
        where T : class => DriverOf(kind) as T;

    /// <param name="observed">The device as of the last pass.</param>
    public void AddMetrics(Meter meter, Func<ObservedState> observed)
    {
        foreach (var source in _drivers.Select(d => d.Driver).OfType<IMetricSource>())
            source.AddMetrics(meter, observed);
    }

    /// <summary>Calls <paramref name="changed"/> whenever a pass may be due. Runs until cancelled.</summary>
    public Task WatchAsync(Action<string> changed, CancellationToken cancellation) =>
        Task.WhenAll(_drivers.Select(d => d.Driver.WatchAsync(changed, cancellation)));

    public async ValueTask DisposeAsync()
    {
        // A driver may use those before it to its end.
        foreach (var (_, driver) in _drivers.Reverse())
        {
            if (driver is IAsyncDisposable asynchronous)
                await asynchronous.DisposeAsync();
            else
                (driver as IDisposable)?.Dispose();
        }
    }

    private IDriver? DriverOf(string kind) => _drivers.FirstOrDefault(d => d.Kind == kind).Driver;

    private async Task<StepOutcome> AwaitReadyAsync(AwaitReady gate, DesiredState desired, CancellationToken cancellation)
    {
        var report = Readiness.Assess(Kinds, gate, desired, await ObserveAsync(desired, cancellation), _time.GetUtcNow());
        return report.Level == ReadinessLevel.Ready
            ? new StepOutcome.Succeeded()
            : new StepOutcome.Pending($"waiting for {gate.Resource} to be ready: {report.Message}");
    }
}
