using System.Collections.Immutable;
using EdgeOperator.Agent.Checks;
using EdgeOperator.Agent.Drivers;
using EdgeOperator.Agent.Kinds.SystemUpdate;
using EdgeOperator.Agent.Loop;
using EdgeOperator.Agent.Reporting;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Agent.Sources;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.LocalApi;

/// <summary>Steers a running loop: every change of the ledger is made between two passes, and leaves an event and a line in the log.</summary>
public sealed partial class AgentControl(
    StatusBoard board,
    ReconcileLoop loop,
    SourceSet sources,
    Revisions revisions,
    RevisionStore store,
    DeviceMemory memory,
    Device device,
    AgentConfiguration configuration,
    SecretVault secrets,
    ILogger<AgentControl> logger) : IAgentControl
{
    private const string ConfigurationInvalid = nameof(ConfigurationInvalid);

    private volatile Condition? _configuration;

    // Sources are polled between passes, and report their own status.
    public DeviceStatus Status => board.Facts.In(WithConfiguration(board.Status)) with { Sources = sources.Statuses };

    /// <summary>A newer configuration can't be used, until the agent is restarted or told to read another one.</summary>
    public void RefuseConfiguration(string problem)
    {
        var now = memory.Clock.Wall.GetUtcNow();
        _configuration = new(Condition.Degraded, ConditionStatus.True, ConfigurationInvalid, $"the new configuration is not used, the agent goes on with the one before: {problem}", now, null);
        memory.Store.Append(new(0, now, EventLevel.Warning, null, null, null, ConfigurationInvalid, _configuration.Message));
    }

    private DeviceStatus WithConfiguration(DeviceStatus status) => _configuration is not { } refused ? status : status with
    {
        Conditions = [.. status.Conditions.Select(condition => condition.Type == Condition.Degraded && condition.Status != ConditionStatus.True ? refused : condition)],
    };

    public RenderedManifest? Manifest(ResourceId resource) =>
        (memory.Ledger.Attempt?.Revision ?? memory.Ledger.LastGood) is { } revision ? revisions.Render(revision)?.State?.Manifests.GetValueOrDefault(resource) : null;

    public async Task ReconcileAsync(bool retry, Operator by, CancellationToken cancellation)
    {
        await sources.PokeAsync(cancellation);
        if (retry)
        {
            var failed = sources.Newest is { } newest && memory.Ledger.Failed.Any(f => f.Revision == newest.Id) ? newest : null;
            Note("RetryRequested", failed is null ? "a retry of what failed was asked for" : $"a retry of {failed.Display} was asked for", failed?.Id, null, by);
            await ChangeAsync("asked to retry", ledger => Forget(null, failed is null ? ledger : ledger.Retry(failed.Id)), cancellation);
            return;
        }

        Note("ReconcileRequested", "a pass was asked for", null, null, by);
        await loop.PassAsync("asked to reconcile", cancellation);
    }

    public async Task AllowRewindAsync(Operator by, CancellationToken cancellation)
    {
        foreach (var (source, rewind) in await sources.PokeAllowingRewindAsync(cancellation))
            Note("SourceRewound", $"source {source} was rewound {rewind}: allowed once", sources.Newest?.Id, null, by, EventLevel.Warning);
    }

    public Task SuspendAsync(ResourceId? resource, Operator by, CancellationToken cancellation)
    {
        if (resource is { } id)
            Known(id);
        Note("Suspended", $"{Named(resource)} was suspended", null, resource, by);
        return ChangeAsync("suspended", ledger => resource is { } one
            ? ledger with { SuspendedResources = [.. ledger.SuspendedResources.Remove(one), one] }
            : ledger with { Suspended = true }, cancellation);
    }

    public Task ResumeAsync(ResourceId? resource, Operator by, CancellationToken cancellation)
    {
        if (resource is { } id)
            Known(id);
        Note("Resumed", $"{Named(resource)} was resumed", null, resource, by);
        return ChangeAsync("resumed", ledger => Forget(resource, resource is { } one
            ? ledger with { SuspendedResources = ledger.SuspendedResources.Remove(one) }
            : ledger.Release() with { Suspended = false, Damage = null }), cancellation);
    }

    public async Task<string?> RestartAsync(ResourceId resource, Operator by, CancellationToken cancellation)
    {
        var id = Known(resource);
        if (device.Find<IRestartable>(id.Kind) is not { } driver)
            throw new ControlException("NotSupported", $"{id} can't be restarted: only modules and virtual machines can");
        Note("RestartRequested", $"a restart of {id} was asked for", null, id, by);

        // Between passes: one that finds the container stopped in the middle of its restart would take that for a failure, and count it.
        return await loop.RunBetweenPassesAsync($"{id} was restarted", () => driver.RestartAsync(id, board.Device.Desired, cancellation), cancellation) switch
        {
            StepOutcome.Succeeded done => done.Note,
            StepOutcome.Retry failed => throw new ControlException(failed.Reason, $"{id} was not restarted: {failed.Message}"),
            StepOutcome.Terminal failed => throw new ControlException(failed.Reason, $"{id} was not restarted: {failed.Message}"),
            _ => null,
        };
    }

    public Task StopAsync(ResourceId resource, Operator by, CancellationToken cancellation)
    {
        var id = Known(resource);
        if (board.Device.Desired.Resources.GetValueOrDefault(id)?.ToStopped() is null)
            throw new ControlException("NotSupported", $"{id} can't be stopped: only virtual machines can");
        Note("StopRequested", $"a stop of {id} was asked for", null, id, by);
        return ChangeAsync("asked to stop", ledger => ledger with { StoppedResources = [.. ledger.StoppedResources.Remove(id), id] }, cancellation);
    }

    public Task StartAsync(ResourceId resource, Operator by, CancellationToken cancellation)
    {
        var id = Known(resource);
        if (!memory.Ledger.StoppedResources.Contains(id) && board.Device.Desired.Resources.GetValueOrDefault(id) is { } desired)
        {
            var stopped = desired.ToStopped();
            throw stopped is null ? new ControlException("NotSupported", $"{id} can't be started: only virtual machines can")
                : ReferenceEquals(stopped, desired) ? new ControlException("NotDesired", $"{id} should not run: its manifest says `power: stopped`")
                : new ControlException("NotStopped", $"nobody has stopped {id}: `edgeop describe {id}` tells how it is");
        }

        Note("StartRequested", $"a start of {id} was asked for", null, id, by);
        return ChangeAsync("asked to start", ledger => Forget(id, ledger with { StoppedResources = ledger.StoppedResources.Remove(id) }), cancellation);
    }

    public async Task<ImmutableArray<string>> UpdateNowAsync(string? update, Operator by, CancellationToken cancellation)
    {
        ImmutableArray<ResourceId> updates = update is null
            ? [.. Status.Resources.Where(resource => resource.Kind == KindNames.SystemUpdate).Select(resource => new ResourceId(resource.Kind, resource.Name))]
            : [Known(new(KindNames.SystemUpdate, update))];
        if (updates.IsEmpty || device.Find<IUpdateOverride>(KindNames.SystemUpdate) is not { } driver)
            throw new ControlException(ControlException.NotFound, $"the device has no {KindNames.SystemUpdate}");
        foreach (var id in updates)
        {
            Note("UpdateRequested", $"an update outside of the window of {id} was asked for", null, id, by, EventLevel.Warning);
            driver.Override(id, by.User);
        }

        await ChangeAsync("asked to update", ledger => updates.Aggregate(ledger, (all, id) => Forget(id, all)), cancellation);
        return [.. updates.Select(id => id.Name)];
    }

    // Arguments may hold secrets, so that the event has the program alone.
    public Task<int> ExecAsync(ResourceId resource, ExecRequest request, ExecFrames client, Operator by, CancellationToken cancellation)
    {
        var id = Known(resource);
        if (device.Find<IExecTarget>(id.Kind) is not { } driver)
            throw new ControlException("NotSupported", $"no command can be run in {id}: only in {KindNames.EdgeModule} and {KindNames.VirtualMachine}");
        Note("ExecRequested", $"{request.Command[0]} was run in {id}", null, id, by);
        return driver.ExecAsync(id, board.Device.Desired, request, client, cancellation);
    }

    public async Task<string> RollBackAsync(string? revision, Operator by, CancellationToken cancellation)
    {
        var chosen = revision is null ? Previous() : KeptRevisions.Find(store, revision);
        var display = store.List().FirstOrDefault(r => r.Id == chosen)?.Display ?? chosen;
        if (revisions.Render(chosen) is not { } rendering)
            throw new ControlException(ControlException.NotFound, $"{display} is not whole any more; `edgeop history` shows which are kept");
        if (rendering.State is null)
            throw new ControlException(rendering.Reason, $"{display} can't be run: {rendering.Summary}");
        var newest = sources.Newest?.Id;
        Note("RollBackRequested", $"a roll-back to {display} was asked for", chosen, null, by);
        await ChangeAsync(
            $"rolled back to {chosen}",
            ledger => ledger.PinAt(new(chosen, newest) { InsteadFingerprint = newest is null ? null : revisions.Render(newest)?.State?.Fingerprint(), User = by.User }),
            cancellation);
        return chosen;
    }

    public Task<CheckReport> CheckAsync(CancellationToken cancellation) => DeviceChecks.RunAsync(configuration, Status, null, memory.Clock.Wall, cancellation);

    public Task CopySupportBundleAsync(Stream output, Operator by, CancellationToken cancellation)
    {
        Note("SupportBundleRequested", "a support bundle was made", by);
        return new SupportBundle(configuration, this, null, secrets.Values(), memory.Clock.Wall).WriteAsync(output, cancellation);
    }

    public void Note(string reason, string what, Operator by) => Note(reason, what, null, null, by);

    public ImmutableArray<EventRecord> Events(long after, int limit, ResourceId? resource) => memory.Store.Events(after, limit, resource);

    public ImmutableArray<HistoryRecord> History(int limit) => KeptRevisions.Mark(memory.Store.History(limit), store);

    public Task CopyLogsAsync(ResourceId resource, LogOptions options, Stream output, CancellationToken cancellation) =>
        device.Find<ILogSource>(resource.Kind) is { } source
            ? source.CopyLogsAsync(Known(resource), board.Device, options, output, cancellation)
            : throw new ControlException("NoLog", $"{resource} has no log: only these kinds have one: {string.Join(", ", device.KindsWithLogs)}");

    public async Task<HttpResponseMessage> AskHostAsync(string app, HttpRequestMessage request, CancellationToken cancellation)
    {
        var id = Known(new(KindNames.FunctionApp, app));
        return device.Find<IRequestForwarder>(id.Kind) is { } forwarder
            ? await forwarder.SendAsync(id, board.Device.Desired, request, cancellation)
            : throw new ControlException("NotSupported", $"nothing answers requests to {id}");
    }

    /// <summary>Changes the ledger and returns when a pass has acted on it.</summary>
    private async Task ChangeAsync(string why, Func<RevisionLedger, RevisionLedger> change, CancellationToken cancellation)
    {
        await loop.BetweenPassesAsync(why, () => memory.Keep(change(memory.Ledger)), cancellation);
        await loop.PassAsync(why, cancellation);
    }

    private RevisionLedger Forget(ResourceId? resource, RevisionLedger ledger)
    {
        memory.Store.BackOff = resource is { } id ? memory.Store.BackOff.Remove(id) : memory.Store.BackOff.Clear();
        return ledger;
    }

    private ResourceId Known(ResourceId id) =>
        Status.Resources.Any(r => r.Kind == id.Kind && r.Name == id.Name) || memory.Ledger.SuspendedResources.Contains(id) || memory.Ledger.StoppedResources.Contains(id)
            ? id
            : throw new ControlException("NotFound", $"the device has no {id}; `edgeop get` lists what it has");

    /// <summary>The last revision that was good before the one that the device is at.</summary>
    private string Previous()
    {
        var kept = store.List().Select(r => r.Id).ToHashSet();
        var current = memory.Ledger.Attempt?.Revision ?? memory.Ledger.LastGood;
        return memory.Ledger.Good.Select(good => good.Revision).FirstOrDefault(r => r != current && kept.Contains(r))
            ?? throw new ControlException(ControlException.NotFound, "no earlier good revision is kept on this device");
    }

    private void Note(string reason, string what, string? revision, ResourceId? resource, Operator by, EventLevel level = EventLevel.Normal)
    {
        memory.Store.Append(new(0, memory.Clock.Wall.GetUtcNow(), level, revision, resource?.ToString(), null, reason, $"{what} {by}", User: by.User));
        LogAsked($"{what} {by}");
    }

    private static string Named(ResourceId? resource) => resource?.ToString() ?? "the device";
}
