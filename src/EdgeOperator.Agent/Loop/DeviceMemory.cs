using EdgeOperator.Agent.Clock;
using EdgeOperator.Agent.Execution;
using EdgeOperator.Agent.Reporting;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.Kinds.SystemUpdate.Reboots;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Loop;

/// <summary>
/// What the agent remembers between passes. A disk that can't be written costs memory across a restart, never a pass.
/// </summary>
public sealed class DeviceMemory
{
    private readonly LedgerStore _saved;
    private readonly RunHistory _history;
    private RevisionLedger _ledger;
    private RevisionLedger? _unsaved;
    private string? _ledgerError;

    public DeviceMemory(LedgerStore saved, StateStore store, RunHistory history)
    {
        (_saved, Store, _history, _ledger) = (saved, store, history, saved.Initial);
        if (saved.Damage is { } damage)
        {
            history.LedgerDamaged(damage);
            _unsaved = _ledger;
            SaveLedger();
        }

        if (Clock.Shift != TimeSpan.Zero)
            store.BackOff = BackOffPolicy.Limit(store.BackOff, Clock.GetUtcNow());
    }

    public RevisionLedger Ledger => Volatile.Read(ref _ledger);

    public StateStore Store { get; }

    /// <summary>Not on the disk: after a restart the next pass does without.</summary>
    public PassMemory LastPass { get; set; } = PassMemory.None;

    public SteadyClock Clock => _saved.Clock;

    /// <summary>Why the state could not be written to the disk; null when it was.</summary>
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
        _history.Follow(before, ledger);

        Store.BackOff = BackOffPolicy.Carry(Store.BackOff, before, ledger);
    }

    /// <summary>Records in the history why the revision under way is not healthy yet.</summary>
    public void Explain(string reason) => _history.Explain(reason);

    /// <summary>Records a reboot that is over in the history, once.</summary>
    public void Rebooted(DeviceReboot reboot) => _history.Rebooted(reboot);

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
            _saved.Save(_unsaved);
            _unsaved = null;
            _ledgerError = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _ledgerError = e.Message;
        }
    }
}
