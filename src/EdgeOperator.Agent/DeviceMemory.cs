using System.Collections.Immutable;
using EdgeOperator.Agent.Reporting;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent;

/// <summary>
/// What the agent remembers between passes. A disk that can't be written costs memory across a restart, never a pass.
/// </summary>
public sealed class DeviceMemory(LedgerFile file, StateStore store, RunHistory history)
{
    private RevisionLedger _ledger = file.Load();
    private RevisionLedger? _unsaved;
    private string? _ledgerError;

    public RevisionLedger Ledger => Volatile.Read(ref _ledger);

    public StateStore Store { get; } = store;

    /// <summary>Why the disk did not take what was to be remembered; null when it did.</summary>
    public string? Error => _ledgerError ?? Store.Error;

    /// <summary>Replaces the ledger, on the disk before anything that follows from it is done.</summary>
    public void Keep(RevisionLedger ledger)
    {
        var before = Ledger;
        if (ledger == before)
            return;

        Volatile.Write(ref _ledger, ledger);
        _unsaved = ledger;
        SaveLedger();
        history.Follow(before, ledger);
    }

    /// <summary>
    /// Turns to a revision. A new one may be what somebody did about a failure, so it waits for no back-off that
    /// another one has earned.
    /// </summary>
    public void Begin(string revision, DateTimeOffset now)
    {
        var before = Ledger.Attempt?.Revision;
        Keep(Ledger.Begin(revision, now));
        if (Ledger.Attempt is { } attempt && attempt.Revision != before)
            Store.BackOff = ImmutableDictionary<ResourceId, BackOff>.Empty;
    }

    /// <summary>What the planner has to know and the device does not show.</summary>
    /// <param name="unnamedImages">See <see cref="Core.State.Inventory.CollectableImages"/>; by the engines' targets.</param>
    public Inventory Inventory(DesiredState? lastGood, ImmutableDictionary<string, ImmutableHashSet<string>> unnamedImages) => new()
    {
        Committed = Ledger.Attempt is null,
        LastGood = Ledger.Attempt is null || lastGood is null
            ? ImmutableDictionary<ResourceId, string>.Empty
            : lastGood.Resources.ToImmutableDictionary(r => r.Key, r => r.Value.SpecHash),
        LastGoodDisks = DisksOf(Ledger.Attempt is null ? null : lastGood),
        Fetched = Ledger.Attempt?.Fetched.ToImmutableHashSet() ?? [],
        // What an attempt has fetched already is named by no kept revision yet.
        CollectableImages = Ledger.Attempt is null ? unnamedImages.GetValueOrDefault(EngineTarget.Host, []) : [],
        CollectableGuestImages = Ledger.Attempt is null ? unnamedImages.Remove(EngineTarget.Host) : ImmutableDictionary<string, ImmutableHashSet<string>>.Empty,
        Suspended = [.. Ledger.SuspendedResources],
        Retained = [.. Ledger.Retained],
        BackOff = Store.BackOff,
    };

    /// <summary>See <see cref="Core.State.Inventory.LastGoodDisks"/>.</summary>
    public static ImmutableDictionary<ResourceId, long> DisksOf(DesiredState? state) =>
        state?.Machines.ToImmutableDictionary(machine => machine.Id, machine => machine.Machine.Shape.DiskSize) ?? ImmutableDictionary<ResourceId, long>.Empty;

    /// <summary>Writes what is new; without anything new it touches nothing.</summary>
    public void Flush()
    {
        SaveLedger();
        Store.Flush();
    }

    private void SaveLedger()
    {
        if (_unsaved is null)
            return;

        try
        {
            file.Save(_unsaved);
            _unsaved = null;
            _ledgerError = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _ledgerError = e.Message;
        }
    }
}
