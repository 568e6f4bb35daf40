using System.Runtime.Versioning;
using EdgeOperator.Agent.Drivers;
using EdgeOperator.Agent.Execution;
using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Core.Kinds.SystemUpdate;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using EdgeOperator.Platform.Files;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Kinds.SystemUpdate.Releases;

/// <summary>The version of the agent itself: a driver of its own beside that of packages, with which it shares nothing.</summary>
[SupportedOSPlatform("linux")]
internal sealed partial class ReleaseDriver : IDriver, IAsyncDisposable
{
    private const int Terminate = 15;

    private readonly ReleaseObserver _observer;
    private readonly ReleaseExecutor? _executor;
    private readonly BackgroundSteps _background;
    private readonly string? _problem;
    private readonly Action _stop;
    private readonly ILogger _logger;
    private volatile Action<string>? _changed;
    private bool _isStopped;

    /// <param name="folder">That of the installation; null where nobody has named it.</param>
    /// <param name="program">The running one.</param>
    /// <param name="stop">Has this process end in order.</param>
    internal ReleaseDriver(DriverContext context, string? folder, string? program, Action stop)
    {
        _stop = stop;
        _logger = context.Loggers.CreateLogger<ReleaseDriver>();
        var running = AgentVersion.Number;
        _problem = Installation.ProblemOf(folder, program, running);
        var installation = _problem is null ? new Installation(Installation.Real(folder!)) : null;
        _observer = new(installation, _problem, running, program);
        _background = new(why => _changed?.Invoke(why), context.Time, _logger);
        if (installation is not null)
        {
            var test = new ReleaseSelfTest(context.Configuration.File ?? StandardPaths.Configuration, context.Time);
            _executor = new(installation, running, context.StateDirectory, new(context.Configuration.Updates.AgentKeys), test, _background);
        }
    }

    public static ReleaseDriver Create(DriverContext context) =>
        new(context, Folder(context.IsReadOnly), Environment.ProcessPath, () => Posix.Signal(Environment.ProcessId, Terminate));

    public Task<ObservedState> ObserveAsync(ObservedState observed, DesiredState desired, CancellationToken cancellation) => desired.Resources.Values.OfType<SystemUpdateResource>().Any()
        ? Task.Run(() => observed.With(ObservedUpdates.Of(observed) with { Agent = _observer.Observe(observed) }), cancellation)
        : Task.FromResult(observed);

    /// <summary>The driver of packages describes resources of this kind, with what <see cref="ReleaseDescription"/> says.</summary>
    public ResourceStatus? Describe(Resource resource, ObservedState observed) => null;

    public Task FollowAsync(DeviceState device)
    {
        _observer.Follow(device.Observed);
        return Task.CompletedTask;
    }

    public bool Handles(Step step) => ReleaseExecutor.Handles(step);

    public Task<StepOutcome> ExecuteAsync(Step step, DeviceState device, CancellationToken cancellation)
    {
        var release = (device.Desired.Resources.GetValueOrDefault(step.Resource) as SystemUpdateResource)?.Update.Agent;
        return _executor?.ExecuteAsync(step, release, device, cancellation) ?? Task.FromResult<StepOutcome>(new StepOutcome.Terminal("NotSupervised", _problem!));
    }

    /// <summary>All that the pass did is known by now, so that an agent which is replaced may end.</summary>
    public void PassReported()
    {
        if (_executor is { IsSwitched: true } && !_isStopped)
        {
            _isStopped = true;
            _stop();
        }
        else if (_observer.OwnTrial is { } trial)
        {
            End(trial);
        }

        _observer.PassReported();
    }

    /// <summary>
    /// The pass after the first good one ends the trial by a step. Where that step can't be (the resource or the device is suspended, or waits for
    /// another one), the trial must end all the same: what it asks about is the agent and not the device.
    /// </summary>
    private void End(Trial trial)
    {
        if (!_observer.HasReported)
        {
            _changed?.Invoke("a pass was completed on trial");
        }
        else if (_observer.HasProven(trial))
        {
            _executor!.Confirm();
            LogConfirmed(trial.To);
        }
    }

    public Task WatchAsync(Action<string> changed, CancellationToken cancellation)
    {
        _changed = changed;
        return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _background.DisposeAsync();
        _executor?.Dispose();
    }

    // Whoever only plans, in the place of an agent that is supervised, is not supervised itself.
    private static string? Folder(bool isReadOnly) =>
        Environment.GetEnvironmentVariable(Installation.Variable) is { Length: > 0 } named ? named
        : isReadOnly ? AgentVersion.InstallationOf(Environment.ProcessPath)
        : null;
}
