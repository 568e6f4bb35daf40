using System.Collections.Immutable;
using EdgeOperator.Agent.Drivers.Functions;
using EdgeOperator.Agent.Drivers.Machines;
using EdgeOperator.Agent.Drivers.Modules;
using EdgeOperator.Agent.Reporting;
using EdgeOperator.Agent.Sources;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.LocalApi;

/// <summary>Steers a running loop: every change of the ledger is made between two passes.</summary>
public sealed class AgentControl(
    StatusBoard board, ReconcileLoop loop, SourceSet sources, RevisionStore revisions, DeviceMemory memory, ModuleDriver modules, VirtualMachineDriver machines, FunctionDriver? functions, TimeProvider time) : IAgentControl
{
    // Sources are polled between passes, and say themselves how they are.
    public DeviceStatus Status => board.Status with { Sources = sources.Statuses };

    public async Task ReconcileAsync(CancellationToken cancellation)
    {
        await sources.PokeAsync(cancellation);
        await loop.PassAsync("asked to reconcile", cancellation);
    }

    public async Task ReconcileAllowingRewindAsync(CancellationToken cancellation)
    {
        foreach (var (source, rewind) in await sources.PokeAllowingRewindAsync(cancellation))
        {
            memory.Store.Append(new(
                0, time.GetUtcNow(), EventLevel.Warning, sources.Newest?.Id, null, null, "SourceRewound", $"source {source} was rewound {rewind}: an operator allowed it once"));
        }

        await loop.PassAsync("asked to reconcile", cancellation);
    }

    public Task SuspendAsync(ResourceId? resource, CancellationToken cancellation) => resource is { } id
        ? ChangeAsync($"suspended {Known(id)}", ledger => ledger with { SuspendedResources = [.. ledger.SuspendedResources.Remove(id), id] }, cancellation)
        : ChangeAsync("suspended", ledger => ledger with { Suspended = true }, cancellation);

    public Task ResumeAsync(ResourceId? resource, CancellationToken cancellation) => resource is { } id
        ? ChangeAsync($"resumed {Known(id)}", ledger => Forget(id, ledger with { SuspendedResources = ledger.SuspendedResources.Remove(id) }), cancellation)
        : ChangeAsync("resumed", ledger => Forget(null, ledger.Release() with { Suspended = false }), cancellation);

    public async Task<string> RollBackAsync(string? revision, CancellationToken cancellation)
    {
        var chosen = revision is null ? Previous() : Kept(revision);
        await ChangeAsync($"rolled back to {chosen}", ledger => ledger.HoldAt(chosen, sources.Newest?.Id), cancellation);
        return chosen;
    }

    public ImmutableArray<EventRecord> Events(long after, int limit, ResourceId? resource) => memory.Store.Events(after, limit, resource);

    public ImmutableArray<HistoryRecord> History(int limit) => memory.Store.History(limit);

    public Task CopyLogsAsync(ResourceId resource, bool follow, int? tail, Stream output, CancellationToken cancellation) => resource.Kind switch
    {
        Kinds.EdgeModule => modules.CopyLogsAsync(Known(resource).Name, follow, tail, output, cancellation),
        Kinds.FunctionApp => CopyHostLogsAsync(resource.Name, follow, tail, output, cancellation),
        Kinds.VirtualMachine => machines.CopyConsoleAsync(Known(resource).Name, follow, tail, output, cancellation),
        _ => throw new ControlException("NoLog", $"{resource} has no log: only EdgeModules, FunctionApps and VirtualMachines have one"),
    };

    public async Task<HttpResponseMessage> AskHostAsync(string app, HttpRequestMessage request, CancellationToken cancellation)
    {
        var id = Known(new(Kinds.FunctionApp, app));
        return OperatingSystem.IsLinux() && functions is not null
            ? await functions.AskAsync(id.Name, request, cancellation)
            : throw new ControlException("NotSupported", "function apps are hosted on Linux only");
    }

    private async Task CopyHostLogsAsync(string app, bool follow, int? tail, Stream output, CancellationToken cancellation)
    {
        var query = $"?follow={(follow ? "true" : "false")}{(tail is { } lines ? $"&tail={lines}" : "")}";
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/logs" + query, UriKind.Relative));
        using var answer = await AskHostAsync(app, request, cancellation);
        await answer.Content.CopyToAsync(output, cancellation);
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
        Status.Resources.Any(r => r.Kind == id.Kind && r.Name == id.Name) || memory.Ledger.SuspendedResources.Contains(id)
            ? id
            : throw new ControlException("NotFound", $"the device has no {id}; `edgeop get` lists what it has");

    private string Kept(string prefix)
    {
        var matching = revisions.List().Where(r => r.Id.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        return matching switch
        {
            [var only] => only.Id,
            [] => throw new ControlException("NotFound", $"no kept revision begins with {prefix}; `edgeop history` lists those that ran"),
            _ => throw new ControlException("Ambiguous", $"{matching.Count} kept revisions begin with {prefix}; give more of the id"),
        };
    }

    /// <summary>The last revision that was good before the one that the device is at.</summary>
    private string Previous()
    {
        var kept = revisions.List().Select(r => r.Id).ToHashSet();
        var current = memory.Ledger.Attempt?.Revision ?? memory.Ledger.LastGood;
        return memory.Store.History(1000)
            .Where(r => r.Outcome == RevisionOutcome.Succeeded && r.Revision != current)
            .Select(r => r.Revision)
            .FirstOrDefault(kept.Contains)
            ?? throw new ControlException("NotFound", "no earlier good revision is kept on this device");
    }
}
