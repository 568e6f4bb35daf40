using System.Text.Json;
using EdgeOperator.Agent.Clock;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Storage;

/// <summary>
/// The ledger on the disk: its file, the generation before it, and a copy in the database, so that no single damaged file makes the
/// agent forget what failed and what was suspended.
/// </summary>
public sealed class LedgerStore
{
    private const int LookBack = 1_000;

    private readonly LedgerFile _file;
    private readonly StateStore _store;
    private long _number;

    public LedgerStore(LedgerFile file, StateStore store, TimeProvider time, string? boot)
    {
        (_file, _store) = (file, store);
        var read = file.Load();
        var copy = Copy(store);
        SavedLedger[] all = [.. new[] { read.Current, read.Previous, copy }.OfType<SavedLedger>()];
        var newest = all.MaxBy(saved => saved.Generation.Number);
        _number = newest?.Generation.Number ?? 0;
        Clock = new(time, newest?.Clock, boot);
        (var ledger, Damage) = Ledger(read, newest, all);
        Initial = Complete(ledger).Shift(Clock.Shift);

        // The database may be new, where the one before it was damaged.
        if (newest is not null)
            store.LedgerCopy ??= LedgerFile.Encode(new(_number, Initial), Clock.Read());
    }

    /// <summary>What was saved last, as far as it can be known.</summary>
    public RevisionLedger Initial { get; }

    /// <summary>What was wrong with it and what was done about it; null when nothing was.</summary>
    public string? Damage { get; }

    /// <summary>Goes on from where the agent before this one left it.</summary>
    public SteadyClock Clock { get; }

    /// <summary>Returns when the ledger is on the disk; the copy in the database follows with its next flush.</summary>
    /// <exception cref="IOException">The disk is full or failed; the ledger saved before is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">The state directory may not be written to.</exception>
    public void Save(RevisionLedger ledger)
    {
        var content = LedgerFile.Encode(new(_number + 1, ledger), Clock.Read());
        _store.LedgerCopy = content;
        _file.Save(content);
        _number++;
    }

    private (RevisionLedger Ledger, string? Damage) Ledger(LedgerGenerations read, SavedLedger? newest, SavedLedger[] all)
    {
        var problem = read switch
        {
            { Problem: { } reason } => $"ledger.json was damaged ({reason})",
            { Current: null } when newest is not null || History is { Good: not [] } or { Failed: not [] } => "ledger.json was missing",
            { Current: { } current } when current.Generation.Number < newest!.Generation.Number => "ledger.json was older than the copies of it",
            _ => null,
        };
        if (problem is null)
            return (read.Current?.Generation.Ledger ?? RevisionLedger.Empty, null);

        var lost = read.Current is null ? read.Previous?.Generation.Number + 1 : newest!.Generation.Number;
        var isComplete = newest is not null && newest.Generation.Number >= lost;
        var damage = isComplete
            ? $"{problem}; it was rebuilt from its other copies, and nothing is lost"
            : $"{problem}; it was rebuilt from older copies and the history, and its last change may be lost: see edgeop status and edgeop history; edgeop resume settles this";
        return (LedgerRecovery.Recover([.. all.Select(saved => saved.Generation)], lost, History, damage), damage);
    }

    /// <summary>An agent that did not note good revisions has a history of them.</summary>
    private RevisionLedger Complete(RevisionLedger ledger) => ledger is { LastGood: { } last, Good.IsEmpty: true }
        ? ledger with { Good = [new(last, []), .. History.Good.Where(revision => revision != last).Select(revision => new GoodRevision(revision, []))] }
        : ledger;

    private RevisionHistory History
    {
        get
        {
            var last = _store.History(LookBack)
                .Where(run => run.Outcome is RevisionOutcome.Succeeded or RevisionOutcome.RolledBack or RevisionOutcome.Invalid)
                .DistinctBy(run => run.Revision)
                .ToList();
            return new(
                [.. last.Where(run => run.Outcome == RevisionOutcome.Succeeded).Select(run => run.Revision)],
                [.. last.Where(run => run.Outcome == RevisionOutcome.RolledBack).Select(run => new FailedRevision(run.Revision, run.EndedAt ?? run.StartedAt, "RolledBack", run.Reason ?? "it failed"))]);
        }
    }

    private static SavedLedger? Copy(StateStore store)
    {
        try
        {
            return store.LedgerCopy is { } content ? LedgerFile.Decode(content) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
