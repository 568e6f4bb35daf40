using System.Collections.Immutable;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Twins.Configurations;
using EdgeOperator.Hub.Events;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Mqtt;
using EdgeOperator.Hub.Registry;
using EdgeOperator.Hub.Replicas;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Hub.Twins;
using EdgeOperator.Platform.Timing;

namespace EdgeOperator.Hub.Configurations;

/// <summary>
/// Keeps every twin as the configurations want it. It looks at a device when its twin or registration has changed, and at all of
/// them at start, when a configuration has changed, and now and then. What is as it should be is not written, so that a pass that
/// was cut short is simply done again. One replica does it for all; should two of them do it for a moment, they write the same.
/// </summary>
internal sealed partial class ConfigurationController(
    IHubStore store, DeviceRegistry registry, ConfigurationCatalog catalog, DeviceTwins twins, ChangeFeed changes, HubEvents events, Leadership leadership, TimeProvider time, ILogger<ConfigurationController> log) : IHostedService, IChangeHandler, IDisposable
{
    private const int PageSize = 500;
    private const int Parallelism = 8;
    private const int MostConflicts = 20;

    /// <summary>As often as IoT Hub looks at all devices: against what nobody told of, such as connections.</summary>
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(2);

    private readonly NoticedDevices _noticed = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly WakeSignal _wake = new();
    private volatile bool _readsReported = true;
    private Task _running = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        twins.Reported += NoticeReport;
        _running = leadership.RunAsync("configurations", (_, ended) => RunAsync(ended), _stop.Token);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        twins.Reported -= NoticeReport;
        await _stop.CancelAsync();
        await _running;
    }

    public void Dispose() => _stop.Dispose();

    /// <summary>A configuration has changed.</summary>
    public void Wake()
    {
        _noticed.AddAll();
        _wake.Set();
    }

    public void Handle(Change change)
    {
        if (change.Kind is ChangeKind.Desired or ChangeKind.Disconnect or ChangeKind.Unseen)
            Notice(change.Key.DeviceId);
    }

    private void NoticeReport(IdentityKey key)
    {
        if (_readsReported)
            Notice(key.DeviceId);
    }

    private void Notice(string device)
    {
        _noticed.Add(device);
        _wake.Set();
    }

    private async Task RunAsync(CancellationToken stop)
    {
        // What happened while another replica did it is not known here.
        _noticed.AddAll();
        var swept = time.GetTimestamp();
        while (!stop.IsCancellationRequested)
        {
            var woken = _wake.Next();
            try
            {
                if (_noticed.AreAll || time.GetElapsedTime(swept) >= SweepInterval)
                {
                    await SweepAsync(stop);
                    swept = time.GetTimestamp();
                }
                else
                {
                    await ApplyAsync(_noticed.Take(), stop);
                }

                await Task.WhenAny(woken, Task.Delay(SweepInterval, time, stop));
            }
            catch (StoreException e)
            {
                CannotApply(log, e);
                await Task.WhenAny(Task.Delay(RetryDelay, time, stop));
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task SweepAsync(CancellationToken stop)
    {
        _noticed.Clear();
        try
        {
            var all = await ConfigurationsAsync(stop);
            await ApplyAsync(await ConcernedAsync(all, stop), stop);
        }
        catch
        {
            _noticed.AddAll();
            throw;
        }
    }

    /// <summary>The devices that configurations are for, and those that they were for.</summary>
    private async Task<IReadOnlyCollection<string>> ConcernedAsync(IReadOnlyCollection<Configuration> all, CancellationToken stop)
    {
        var devices = new HashSet<string>(StringComparer.Ordinal);
        foreach (var modules in (bool[])[false, true])
        {
            var possible = all.Where(c => (c.Kind == ConfigurationKind.Modules) == modules).ToArray();
            await foreach (var row in store.AllTwinsAsync(modules, PageSize, stop))
                if (row.Twin.Configurations.Count > 0 || (possible.Length > 0 && TwinDocument.Write(row) is var document && possible.Any(c => c.Condition.Matches(document))))
                    devices.Add(row.Identity.Key.DeviceId);
        }

        return devices;
    }

    private async Task ApplyAsync(IReadOnlyCollection<string> devices, CancellationToken stop)
    {
        if (devices.Count == 0)
            return;
        try
        {
            var all = await ConfigurationsAsync(stop);
            await Parallel.ForEachAsync(devices, new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = stop }, async (device, one) => await ApplyAsync(device, all, one));
        }
        catch (StoreException)
        {
            foreach (var device in devices)
                _noticed.Add(device);
            throw;
        }
    }

    private async Task<IReadOnlyCollection<Configuration>> ConfigurationsAsync(CancellationToken stop)
    {
        Configuration[] all = [.. (await catalog.AllAsync(stop)).Select(c => c.Configuration)];
        _readsReported = all.Any(c => c.Condition.ReadsReported);
        return all;
    }

    private async ValueTask ApplyAsync(string deviceId, IReadOnlyCollection<Configuration> all, CancellationToken stop)
    {
        try
        {
            for (var conflicts = 0; conflicts < MostConflicts; conflicts++)
                if (await ReadAsync(deviceId, stop) is not { } device || await WriteAsync(deviceId, ConfigurationPlanner.Plan(all, device, RegisteredKinds.All.Manifests, time.GetUtcNow()), stop))
                    return;
            Notice(deviceId);
        }
        catch (Exception e) when (e is not (StoreException or OperationCanceledException))
        {
            // One device must not keep all others from their configurations.
            Failed(log, deviceId, e);
        }
    }

    private async Task<ConfiguredDevice?> ReadAsync(string deviceId, CancellationToken cancellation)
    {
        if (await store.FindTwinAsync(new(deviceId), cancellation) is not { } device)
            return null;
        var modules = ImmutableSortedDictionary.CreateBuilder<string, TwinView>(StringComparer.Ordinal);
        foreach (var module in await store.ListModulesAsync(deviceId, cancellation))
            if (await store.FindTwinAsync(module.Identity.Key, cancellation) is { } row)
                modules[module.Identity.Key.ModuleId] = new(row.Twin, TwinDocument.Write(row));
        return new(new(device.Twin, TwinDocument.Write(device)), device.Identity.IsEdge, modules.ToImmutable());
    }

    /// <returns>False when a twin was written by somebody else meanwhile.</returns>
    private async Task<bool> WriteAsync(string deviceId, ImmutableArray<ConfiguredTwin> plan, CancellationToken cancellation)
    {
        foreach (var write in plan)
        {
            var key = new IdentityKey(deviceId, write.ModuleId);
            if (write.IsNew)
                await registry.EnsureAsync(key, new() { ["managedBy"] = "IotEdge" }, cancellation);
            if (!await store.WriteTwinAsync(key, write.ExpectedVersion, write.Twin, write.Notification?.ToJsonString(), cancellation))
                return false;
            changes.Wake();
            if (write.Notification is not null)
                Applied(log, key.ToString(), write.Twin.Desired.Version);
            events.Add(EventTypes.TwinUpdated, key, $"the twin of {key} was changed by configurations", data: AcceptedWrite.VersionsOf(write.Twin, write.Notification is not null));
        }

        return true;
    }
}
