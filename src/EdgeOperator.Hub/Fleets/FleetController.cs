using System.Collections.Concurrent;
using System.Collections.Immutable;
using EdgeOperator.Core.Fleets;
using EdgeOperator.Hub.Events;
using EdgeOperator.Hub.Replicas;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Hub.Twins;
using EdgeOperator.Platform.Timing;

namespace EdgeOperator.Hub.Fleets;

/// <summary>
/// Moves revisions over fleets: looks at devices, lets the engine decide, stores what it decided, and then does it. One replica does it
/// for all. Whatever it was at when it ended, the next one finds in the store and in the twins.
/// </summary>
internal sealed partial class FleetController(
    IHubStore store, FleetCatalog catalog, FleetRevisions revisions, RolloutStore rollouts, FleetAssignments assignments, Leadership leadership, HubEvents events, TimeProvider time, ILogger<FleetController> log) : BackgroundService
{
    private const int Parallelism = 8;

    /// <summary>Against what nobody told of.</summary>
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    /// <summary>When nobody wakes it, as other replicas don't, and for what depends on the time.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(5);

    /// <summary>What happens within so long is looked at together.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(200);

    /// <summary>How old a reason may be of which only the times in it have changed.</summary>
    private static readonly TimeSpan WaitAge = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(2);

    private readonly NoticedDevices _noticed = new();
    private readonly WakeSignal _wake = new();

    /// <summary>A fleet or a rollout has changed.</summary>
    public void Wake() => _wake.Set();

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => leadership.RunAsync("fleets", LeadAsync, stoppingToken);

    private async Task LeadAsync(LeadershipTerm term, CancellationToken ended)
    {
        // What happened while another replica did it is not known here.
        _noticed.AddAll();
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ended);
        var following = FollowAsync(both.Token);
        try
        {
            await RunAsync(new(store), term, both.Token);
        }
        finally
        {
            await both.CancelAsync();
            await following;
        }
    }

    // Events are hints of all replicas: nothing is lost without them but time.
    private async Task FollowAsync(CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            try
            {
                await foreach (var happened in events.FollowAsync(await store.LastEventAsync(ended), ended))
                    if (happened?.Key is { IsModule: false } key)
                        Notice(key.DeviceId);
            }
            catch (StoreException)
            {
                await Task.WhenAny(Task.Delay(RetryDelay, time, ended));
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void Notice(string device)
    {
        _noticed.Add(device);
        _wake.Set();
    }

    private async Task RunAsync(FleetDevices devices, LeadershipTerm term, CancellationToken ended)
    {
        var known = new Dictionary<string, KnownFleet>(StringComparer.Ordinal);
        var swept = time.GetTimestamp();
        while (!ended.IsCancellationRequested)
        {
            var woken = _wake.Next();
            var pause = PollInterval;
            try
            {
                var fleets = await ReadAsync(known, ended);
                if (_noticed.AreAll || time.GetElapsedTime(swept) >= SweepInterval)
                {
                    _noticed.Clear();
                    await devices.SweepAsync(fleets, (fleet, name) => Keeps(known, fleet, name), ended);
                    swept = time.GetTimestamp();
                }
                else
                {
                    foreach (var device in _noticed.Take())
                        await devices.LookAsync(device, fleets, (fleet, name) => Keeps(known, fleet, name), ended);
                }

                foreach (var fleet in fleets)
                    await TickAsync(fleet, devices, fleets, known, term, ended);
            }
            catch (StoreException e)
            {
                CannotLook(log, e);
                _noticed.AddAll();
                pause = RetryDelay;
            }

            await Task.WhenAny(woken, Task.Delay(pause, time, ended));
            await Task.WhenAny(Task.Delay(Gathering, time, ended));
        }
    }

    private static bool Keeps(Dictionary<string, KnownFleet> known, string fleet, string device) => known.GetValueOrDefault(fleet)?.Rollout?.Rollout.Devices.ContainsKey(device) == true;

    /// <summary>The fleets, with their rollouts as they are stored.</summary>
    private async Task<IReadOnlyList<StoredFleet>> ReadAsync(Dictionary<string, KnownFleet> known, CancellationToken ended)
    {
        var fleets = new List<StoredFleet>();
        var revised = await revisions.AllAsync(ended);
        await foreach (var read in catalog.AllAsync(ended))
        {
            var before = known.GetValueOrDefault(read.Name);
            var fleet = before is not null && before.Fleet.ETag == read.ETag ? before.Fleet : read;
            if (before is null || !ReferenceEquals(before.Fleet, fleet))
                _noticed.AddAll();
            if (!IsUnderstood(fleet))
                continue;
            fleets.Add(fleet);
            known[read.Name] = (before ?? new(fleet)) with { Fleet = fleet, Revision = RevisionOf(fleet, revised), Rollout = await rollouts.LoadAsync(read.Name, before?.Rollout, ended) };
        }

        foreach (var gone in known.Keys.Except(fleets.Select(fleet => fleet.Name)).ToArray())
        {
            known.Remove(gone);
            _noticed.AddAll();
        }

        return fleets;
    }

    // What was made for another folder or reference is not what the fleet asks for now.
    private static string? RevisionOf(StoredFleet fleet, IReadOnlyDictionary<string, FleetRevisionState> revised) =>
        fleet.Fleet.Source is { Repository: not null } source ? revised.GetValueOrDefault(fleet.Name) is { } state && state.Source == FleetRevisionState.SourceOf(source) ? state.Revision : null
        : new FleetRevision(fleet.Fleet.Source.Ref!.Commit!).ToString();

    private bool IsUnderstood(StoredFleet fleet)
    {
        try
        {
            return fleet.Fleet is not null;
        }
        catch (InvalidDataException e)
        {
            Failed(log, fleet.Name, e);
            return false;
        }
    }

    private async Task TickAsync(StoredFleet fleet, FleetDevices devices, IReadOnlyList<StoredFleet> fleets, Dictionary<string, KnownFleet> known, LeadershipTerm term, CancellationToken ended)
    {
        try
        {
            var before = known[fleet.Name];
            if (before is { Revision: null, Rollout: null })
                return;
            var step = await DecideAsync(before, devices.Of(fleet.Name), devices.ElsewhereOf(fleet.Name).ToList(), term, ended);
            if (step is not { } decided)
            {
                // Somebody has written it meanwhile, or leads.
                known[fleet.Name] = before with { Rollout = null };
                _wake.Set();
                return;
            }

            known[fleet.Name] = decided.Fleet;
            await DoAsync(fleet, decided.Actions, devices, fleets, known, ended);
        }
        catch (Exception e) when (e is not (StoreException or OperationCanceledException))
        {
            // One fleet must not keep all others from going on.
            Failed(log, fleet.Name, e);
        }
    }

    /// <returns>Null when it could not be stored.</returns>
    private async Task<(KnownFleet Fleet, ImmutableArray<RolloutAction> Actions)?> DecideAsync(
        KnownFleet fleet, IReadOnlyCollection<FleetDevice> devices, List<string> elsewhere, LeadershipTerm term, CancellationToken ended)
    {
        var (now, policy, revision) = (time.GetUtcNow(), fleet.Fleet.Fleet.RolloutPolicy, fleet.Revision ?? fleet.Rollout!.Rollout.Revision);
        var before = fleet.Rollout;
        var isNew = before is null || before.Rollout.Revision != revision;
        if (isNew && before is not null)
            await rollouts.KeepAsync(StoredRollout.Of(RolloutEngine.Supersede(before.Rollout, revision, now), before.Told.Wait, before.Told.Counts), ended);
        var step = RolloutEngine.Tick(policy, devices, isNew ? RolloutEngine.Start(fleet.Fleet.Name, policy, revision, before?.Rollout, now) : before!.Rollout, now);
        var wait = elsewhere.Count == 0 ? step.Wait : step.Wait with { Message = $"{step.Wait.Message} ({RolloutWords.Elsewhere(elsewhere)})" };
        var told = StoredRollout.Of(step.Rollout, wait, step.Counts);
        if (!isNew && ReferenceEquals(step.Rollout.Devices, before!.Rollout.Devices) && told.Says(before.Told, sameMessage: now - fleet.ToldAt >= WaitAge))
            return (fleet with { Rollout = before with { Rollout = step.Rollout } }, step.Actions);
        if (await rollouts.WriteAsync(step.Rollout, told, before, term, ended) is not { } written)
            return null;
        foreach (var message in RolloutWords.Between(isNew ? null : before!.Told, told))
        {
            Happened(log, step.Rollout.Id, message);
            events.Add(EventTypes.RolloutProgressed, null, $"{step.Rollout.Id}: {message}", data: new() { ["fleet"] = fleet.Fleet.Name, ["rollout"] = step.Rollout.Id, ["state"] = told.State.ToString() });
        }

        return (fleet with { Rollout = written, ToldAt = now }, step.Actions);
    }

    // After the rollout has been stored: what is cut short here is named again.
    private async Task DoAsync(StoredFleet fleet, ImmutableArray<RolloutAction> actions, FleetDevices devices, IReadOnlyList<StoredFleet> fleets, Dictionary<string, KnownFleet> known, CancellationToken ended)
    {
        var source = fleet.Fleet.Source.TwinName;
        var done = new ConcurrentBag<TwinRow>();
        try
        {
            await Parallel.ForEachAsync(actions, new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = ended }, async (action, one) =>
            {
                if (await assignments.AssignAsync(fleet.Name, source, action, devices.Find(action.Device)?.Assigned, one) is { } row)
                    done.Add(row);
                else
                    _noticed.Add(action.Device);
            });
        }
        finally
        {
            foreach (var row in done)
                devices.See(row, fleets, (name, device) => Keeps(known, name, device));
        }

        if (!done.IsEmpty)
            _wake.Set();
    }

    /// <param name="Revision">What its devices are to be at; null while its repository has nothing for it.</param>
    /// <param name="ToldAt">When its rollout was stored last.</param>
    private sealed record KnownFleet(StoredFleet Fleet, string? Revision = null, KnownRollout? Rollout = null, DateTimeOffset ToldAt = default);
}
