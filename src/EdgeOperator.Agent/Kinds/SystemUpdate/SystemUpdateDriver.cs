using System.Collections.Immutable;
using EdgeOperator.Agent.Clock;
using EdgeOperator.Agent.Drivers;
using EdgeOperator.Agent.Execution;
using EdgeOperator.Agent.Kinds.SystemUpdate.Packages;
using EdgeOperator.Agent.Kinds.SystemUpdate.Reboots;
using EdgeOperator.Core.Kinds.SystemUpdate;
using EdgeOperator.Core.Kinds.SystemUpdate.Reboots;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Kinds.SystemUpdate;

/// <summary>The device's own software. Whatever changes it is a process of its own, which outlives the agent.</summary>
public sealed class SystemUpdateDriver : IDriver, ILogSource, IUpdateOverride, IAsyncDisposable
{
    private readonly UpdateRecords _records;
    private readonly PackageObserver _packages;
    private readonly UpdateExecutor _executor;
    private readonly RebootExecutor _reboots;
    private readonly RebootFile _reboot;
    private readonly PackageTools _tools;
    private readonly IUpdateWorker _worker;
    private readonly BackgroundSteps _background;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _bootedAt;
    private readonly string _log;
    private volatile Action<string>? _changed;

    /// <param name="folder">The driver's own, in the state directory.</param>
    /// <param name="boot">The kernel's id of this boot; null where there is none.</param>
    /// <param name="isReadOnly">For whoever only observes, perhaps beside a running agent: it counts no boot.</param>
    /// <exception cref="IOException">The state directory can't be used.</exception>
    internal SystemUpdateDriver(string folder, UpdatesConfiguration configuration, IUpdateWorker worker, string? boot, bool isReadOnly, TimeProvider time, ILogger<SystemUpdateDriver> logger)
    {
        (_worker, _time) = (worker, time);
        _tools = new PackageTools(configuration.Root, time);
        _reboot = new(folder, boot);
        if (!isReadOnly)
            _reboot.CountBoot(Environment.TickCount64);
        _bootedAt = time.GetUtcNow() - TimeSpan.FromMilliseconds(Math.Max(0, Environment.TickCount64 - (_reboot.Read()?.BootSeenAt ?? 0)));
        _records = new(folder);
        _log = new WorkLog(folder).Path;
        _packages = new(_tools, _records);
        _executor = new(folder, _tools, worker, _records, time);
        _reboots = new(folder, configuration, _reboot, new(folder), _tools, _executor, _records, time);
        _background = new(why => _changed?.Invoke(why), time, logger);
    }

    public static SystemUpdateDriver Create(DriverContext context)
    {
        var folder = Path.Combine(context.StateDirectory, "updates");
        IUpdateWorker worker = OperatingSystem.IsLinux() ? new UpdateProcess(folder, context.Configuration.Updates.Root, context.Time) : new NoUpdates();
        return new(folder, context.Configuration.Updates, worker, BootName.Of(context.Configuration.Updates.Root), context.IsReadOnly, context.Time, context.Loggers.CreateLogger<SystemUpdateDriver>());
    }

    public async Task<ObservedState> ObserveAsync(ObservedState observed, DesiredState desired, CancellationToken cancellation)
    {
        var updates = desired.Resources.Values.OfType<SystemUpdateResource>().ToList();
        var record = _records.Current;
        var orphans = record.Held.Values.Distinct().Where(name => updates.TrueForAll(update => update.Id.Name != name)).ToList();
        var transaction = _executor.Transaction;
        var reboot = _reboot.Read();
        if (updates.Count == 0 && orphans.Count == 0 && transaction is null or { IsOver: true } && reboot is null or { IsOver: true })
            return observed;

        var isWorking = _worker.IsWorking;
        var packages = ImmutableSortedDictionary.CreateBuilder<string, ObservedPackages>(StringComparer.Ordinal);
        foreach (var update in updates.Where(update => update.Update.HasPackages))
            packages[update.Id.Name] = await _packages.ObserveAsync(update, isWorking, cancellation);
        foreach (var name in orphans)
            packages[name] = await _packages.ObserveOrphanAsync(name, cancellation);
        return observed.With(new ObservedUpdates
        {
            ClockOffset = Offset(),
            RunningSince = RunningSince(),
            Packages = packages.ToImmutable(),
            Transaction = transaction,
            IsWorking = isWorking,
            Boot = _reboot.Boot,
            RebootReasons = RebootReasons.Find(_tools, transaction, reboot, _reboot.Boot),
            Reboot = reboot,
            BootedAt = _bootedAt,
            Overrides = record.Overrides,
        });
    }

    /// <summary>Notes what has been as desired: newer versions that come later are no longer part of what a manifest asks for.</summary>
    public Task FollowAsync(DeviceState device)
    {
        foreach (var update in device.Desired.Resources.Values.OfType<SystemUpdateResource>())
        {
            if (ObservedUpdates.Of(device.Observed).Packages.GetValueOrDefault(update.Id.Name) is { Unavailable: null, Problem: null, IsInSync: true } packages
                && packages.RefreshedFor == update.Update.PackagesHash && packages.AppliedHash != update.Update.PackagesHash)
                _records.Change(record => record with { Applied = record.Applied.SetItem(update.Id.Name, update.Update.PackagesHash) });
        }

        return Task.CompletedTask;
    }

    public ResourceStatus? Describe(Resource resource, ObservedState observed) => resource is SystemUpdateResource update
        ? SystemUpdateDescription.Of(update, ObservedUpdates.Of(observed), _records.Current.Reboots, _background.MessageOf(step => step.Resource == update.Id), Now())
        : null;

    public bool Handles(Step step) => step is RefreshPackages or DownloadPackages or ApplyPackages or ReleasePackages || RebootExecutor.Handles(step);

    /// <summary>Drops answers to what is not asked for any more: the next manifest asks by the same names.</summary>
    public void Expect(Plan plan, DeviceState device)
    {
        var expected = plan.Steps.Select(step => step.Id).ToHashSet();
        foreach (var id in device.Desired.Resources.Keys.Where(id => id.Kind == KindNames.SystemUpdate))
        {
            foreach (var step in (Step[])[new RefreshPackages(id, ""), new DownloadPackages(id, "", ""), new ApplyPackages(id, "", ""), new RebootDevice(id, ""), new CheckBoot(id, "")])
            {
                if (!expected.Contains(step.Id))
                    _background.Forget(step);
            }
        }
    }

    public async Task<StepOutcome> ExecuteAsync(Step step, DeviceState device, CancellationToken cancellation)
    {
        var outcome = await StartAsync(step, device);

        // What comes next follows from what there is now.
        if (outcome is StepOutcome.Succeeded)
            _changed?.Invoke($"{step.Id} is done");
        return outcome;
    }

    private Task<StepOutcome> StartAsync(Step step, DeviceState device)
    {
        var packages = ObservedUpdates.Of(device.Observed).Packages.GetValueOrDefault(step.Resource.Name) ?? new();
        var desired = device.Desired.Resources.GetValueOrDefault(step.Resource) as SystemUpdateResource;
        if (step is ReleasePackages)
            return _background.AskAsync(step, (_, token) => _executor.ReleaseAsync(step.Resource.Name, packages.Unhold, token));
        if (step is ApplyPackages apply)
            return _background.AskAsync(step, (say, token) => _executor.ApplyAsync(apply, desired, device.Desired.Revision, packages, say, token));
        if (step is AnnounceReboot announce)
            return Task.Run(() => _reboots.Announce(announce, device.Desired.Revision));
        if (step is RebootDevice)
            return _background.AskAsync(step, (say, token) => _reboots.RebootAsync(say, token));
        if (step is EndReboot end)
            return Task.Run(() => _reboots.End(end));
        return desired is not { } update
            ? Task.FromResult<StepOutcome>(new StepOutcome.Terminal("NotDesired", $"{step.Resource} is not desired, so there is nothing to update"))
            : _background.AskAsync(step, (say, token) => step switch
            {
                RefreshPackages => _executor.RefreshAsync(update, say, token),
                CheckBoot => _reboots.CheckAsync(update, _bootedAt + (update.Update.Reboot ?? RebootSpec.Never).Deadline - _time.GetUtcNow(), say, token),
                DownloadPackages => _executor.DownloadAsync(update, device.Desired.Revision, packages, say, token),
                _ => throw new ArgumentException($"{step.Id} is no step of this driver.", nameof(step)),
            });
    }

    public void Override(ResourceId update, string by) =>
        _records.Change(record => record with { Overrides = record.Overrides.SetItem(update.Name, new(Now(), by)) });

    /// <summary>Writes what apt and dpkg have printed.</summary>
    public async Task CopyLogsAsync(ResourceId resource, DeviceState device, LogOptions options, Stream output, CancellationToken cancellation)
    {
        options.ThrowIfDetailed(resource);
        if (options.Follow)
            throw new ControlException("NotSupported", $"the log of {resource} can't be followed: leave out --follow");
        if (!File.Exists(_log))
            throw new ControlException("NoLog", $"{resource} has no log: nothing was fetched or changed yet");
        var lines = await File.ReadAllLinesAsync(_log, cancellation);
        foreach (var line in lines.Skip(options.Tail is { } tail ? Math.Max(0, lines.Length - tail) : 0))
            await output.WriteAsync(System.Text.Encoding.UTF8.GetBytes(line + "\n"), cancellation);
    }

    public Task WatchAsync(Action<string> changed, CancellationToken cancellation)
    {
        _changed = changed;
        return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
    }

    // What it waits for runs on: the next agent finds it.
    public ValueTask DisposeAsync() => _background.DisposeAsync();

    private DateTimeOffset Now() => SteadyClock.WallNow(_time);

    private TimeSpan Offset() => TimeSpan.FromSeconds(Math.Round((Now() - _time.GetUtcNow()).TotalSeconds));

    private DateTimeOffset? RunningSince()
    {
        var since = Now() - TimeSpan.FromMilliseconds(Environment.TickCount64);
        return new DateTimeOffset(since.Year, since.Month, since.Day, since.Hour, since.Minute, 0, TimeSpan.Zero);
    }

    private sealed class NoUpdates : IUpdateWorker
    {
        public bool IsWorking => false;

        public Task StartAsync(PackageTask task, CancellationToken cancellation) => throw new IOException("packages can be managed on Linux only");
    }
}
