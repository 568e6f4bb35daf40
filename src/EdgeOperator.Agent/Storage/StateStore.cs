using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using EdgeOperator.Platform.Files;
using EdgeOperator.Platform.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Storage;

/// <summary>
/// Events, runs of revisions and back-off, in <c>state.db</c>. What is new stays in memory until <see cref="Flush"/>
/// writes it in one transaction, and also afterwards while the disk does not take it: nothing here ever fails a pass,
/// and reads always show what was added. A database that is damaged is kept as <c>state.db.damaged</c>.
/// </summary>
public sealed partial class StateStore : IDisposable
{
    /// <summary>Events and runs kept on the disk; a few more stay until the next trim.</summary>
    public const int MaxEvents = 10_000;
    public const int MaxRuns = 1_000;

    /// <summary>Events kept in memory while the disk does not take them.</summary>
    public const int MaxUnwritten = 1_000;

    private const string FileName = "state.db";
    private const string BackupName = "state.db.backup";
    private const int TrimEvery = 200;

    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly ILogger<StateStore> _logger;
    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, EventRecord> _events = [];

    /// <summary>Events on the disk whose place was taken: one of each resource at most.</summary>
    private readonly HashSet<long> _replaced = [];

    private readonly SortedDictionary<long, HistoryRecord> _runs = [];
    private readonly Dictionary<string, EventRecord> _latest = [];
    private ImmutableDictionary<ResourceId, BackOff> _backOff = ImmutableDictionary<ResourceId, BackOff>.Empty;
    private ImmutableDictionary<ResourceId, BackOff>? _writtenBackOff = ImmutableDictionary<ResourceId, BackOff>.Empty;
    private byte[]? _ledger;
    private byte[]? _writtenLedger;
    private StateDatabase? _database;
    private long _lastEvent;
    private long _lastRun;
    private int _sinceTrim = TrimEvery;

    private StateStore(string path, TimeProvider time, ILogger<StateStore> logger) =>
        (_path, _time, _logger) = (path, time, logger);

    /// <summary>Why the disk did not take the last writes; null when it did. Clears by itself in a later <see cref="Flush"/>.</summary>
    public string? Error { get; private set; }

    /// <summary>The resources that failed lately, replaced as a whole; <see cref="Flush"/> writes them when they changed.</summary>
    public ImmutableDictionary<ResourceId, BackOff> BackOff
    {
        get => Volatile.Read(ref _backOff);
        set => Volatile.Write(ref _backOff, value);
    }

    /// <summary>A copy of the ledger, for when its files are damaged; <see cref="Flush"/> writes it when it changed.</summary>
    public byte[]? LedgerCopy
    {
        get => Volatile.Read(ref _ledger);
        set => Volatile.Write(ref _ledger, value);
    }

    /// <summary>The back-off that an agent, which may run, has saved last; none where it can't be read.</summary>
    public static ImmutableDictionary<ResourceId, BackOff> ReadBackOff(string stateDirectory)
    {
        try
        {
            using var database = StateDatabase.OpenReadOnly(Path.Combine(stateDirectory, FileName));
            return database.BackOff();
        }
        catch (SqliteException)
        {
            return ImmutableDictionary<ResourceId, BackOff>.Empty;
        }
    }

    /// <summary>What an agent that does not run has left of its history, newest first.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public static ImmutableArray<HistoryRecord> ReadHistory(string stateDirectory, int limit) => ReadOnly(stateDirectory, database => database.Runs(limit));

    /// <summary>What an agent that does not run has left of its events, oldest first; the newest <paramref name="limit"/>.</summary>
    /// <exception cref="IOException">They can't be read.</exception>
    public static ImmutableArray<EventRecord> ReadEvents(string stateDirectory, int limit, ResourceId? resource) =>
        ReadOnly(stateDirectory, database => database.Events(0, limit, resource)).Sort((one, other) => one.Id.CompareTo(other.Id));

    private static T ReadOnly<T>(string stateDirectory, Func<StateDatabase, T> read)
    {
        var file = Path.Combine(stateDirectory, FileName);
        if (!File.Exists(file))
            throw new FileNotFoundException($"there is no history in {stateDirectory}");
        try
        {
            using var database = StateDatabase.OpenReadOnly(file);
            return read(database);
        }
        catch (SqliteException e)
        {
            throw new IOException($"the history in {stateDirectory} can't be read: {e.Message}", e);
        }
    }

    /// <summary>
    /// Copies the store beside a running agent, for the agent of another version to come: should that one migrate it and then be taken back, this
    /// one finds a database that it can't read, and goes on with the copy.
    /// </summary>
    /// <exception cref="IOException">It can't be copied.</exception>
    public static void BackUp(string stateDirectory)
    {
        var (file, backup) = (Path.Combine(stateDirectory, FileName), Path.Combine(stateDirectory, BackupName));
        if (!File.Exists(file))
            return;
        try
        {
            File.Delete(backup + ".next");
            using (var database = StateDatabase.OpenReadOnly(file))
                database.CopyTo(backup + ".next");
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(backup + ".next", AtomicFile.Private);
            File.Move(backup + ".next", backup, overwrite: true);
            AtomicFile.SyncFolder(stateDirectory);
        }
        catch (SqliteException e)
        {
            throw new IOException($"the history in {stateDirectory} can't be copied: {e.Message}", e);
        }
    }

    /// <summary>Deletes what <see cref="BackUp"/> made: no other version can come back.</summary>
    public static void ForgetBackup(string stateDirectory) => AtomicFile.Delete(Path.Combine(stateDirectory, BackupName));

    /// <summary>Opens the store; never fails, see <see cref="Error"/>.</summary>
    public static StateStore Open(string stateDirectory, TimeProvider time, ILogger<StateStore> logger)
    {
        var store = new StateStore(Path.Combine(stateDirectory, FileName), time, logger);
        if (!store.Try(store.Load))
        {
            // Above the ids that the unread database may hold.
            store._lastEvent = store._lastRun = time.GetUtcNow().ToUnixTimeSeconds();
        }

        return store;
    }

    /// <summary>
    /// Adds an event and returns it with its id; ids grow in the order in which events happen, whatever the clock says. When the
    /// resource's latest event says the same (reason, message, step, revision, user), the new one takes its place and counts both.
    /// </summary>
    public EventRecord Append(EventRecord added)
    {
        lock (_lock)
        {
            var key = added.Resource ?? "";
            var stored = added with { Id = ++_lastEvent };
            if (_latest.TryGetValue(key, out var latest) && IsSame(latest, added) && _lastEvent - latest.Id <= MaxUnwritten)
            {
                stored = stored with { Count = latest.Count + added.Count };
                if (!_events.Remove(latest.Id))
                {
                    _replaced.Add(latest.Id);
                }
            }

            _latest[key] = _events[stored.Id] = stored;
            if (_events.Count > MaxUnwritten)
            {
                _events.Remove(_events.Keys.First());
            }

            return stored;
        }
    }

    /// <summary>Events with an id above <paramref name="after"/>, oldest first; the newest <paramref name="limit"/> of them.</summary>
    public ImmutableArray<EventRecord> Events(long after, int limit, ResourceId? resource)
    {
        lock (_lock)
        {
            ImmutableArray<EventRecord> stored = [];
            Try(database => stored = database.Events(after, limit + _replaced.Count, resource));
            var unwritten = _events.Values.Where(e => e.Id > after && (resource is null || e.Resource == resource.ToString()));
            return [.. stored.Where(e => !_replaced.Contains(e.Id)).Concat(unwritten).OrderBy(e => e.Id).TakeLast(limit)];
        }
    }

    /// <summary>Notes that a revision's run begins now, and returns the run's id.</summary>
    /// <param name="user">The operator who asked for it; null for the sources.</param>
    public long BeginRevision(string revision, string display, string? user = null)
    {
        lock (_lock)
        {
            _runs[++_lastRun] = new(_lastRun, revision, display, _time.GetUtcNow(), null, RevisionOutcome.InProgress, null) { User = user };
            return _lastRun;
        }
    }

    /// <summary>Notes a reboot that is over. Its id is given here.</summary>
    public void Add(HistoryRecord record)
    {
        lock (_lock)
            _runs[++_lastRun] = record with { Id = _lastRun };
    }

    /// <summary>Notes how a run ended. A run that is no longer known (its database was lost) is ignored.</summary>
    public void EndRevision(long id, RevisionOutcome outcome, string? reason) =>
        Change(id, run => run with { EndedAt = _time.GetUtcNow(), Outcome = outcome, Reason = reason });

    /// <summary>Notes what keeps a run, which goes on, from its goal.</summary>
    public void ExplainRevision(long id, string? reason) => Change(id, run => run with { Reason = reason });

    private void Change(long id, Func<HistoryRecord, HistoryRecord> change)
    {
        lock (_lock)
        {
            var run = _runs.GetValueOrDefault(id);
            if (run is null)
            {
                Try(database => run = database.Run(id));
            }

            if (run is not null && change(run) is var changed && changed != run)
            {
                _runs[id] = changed;
            }
        }
    }

    /// <summary>Runs of revisions, newest first.</summary>
    public ImmutableArray<HistoryRecord> History(int limit)
    {
        lock (_lock)
        {
            ImmutableArray<HistoryRecord> stored = [];
            Try(database => stored = database.Runs(limit));
            return [.. stored.Where(r => !_runs.ContainsKey(r.Id)).Concat(_runs.Values).OrderByDescending(r => r.Id).Take(limit)];
        }
    }

    /// <summary>Writes what is new in one transaction; without anything new it touches nothing. Call it once a pass.</summary>
    public void Flush()
    {
        lock (_lock)
        {
            var (backOff, ledger) = (BackOff, LedgerCopy);
            if (_events.Count == 0 && _runs.Count == 0 && ReferenceEquals(backOff, _writtenBackOff) && ReferenceEquals(ledger, _writtenLedger) && Error is null)
            {
                return;
            }

            if (Try(database => database.InTransaction(d => Write(d, backOff, ledger))))
            {
                _sinceTrim = _sinceTrim >= TrimEvery ? 0 : _sinceTrim + _events.Count + _runs.Count;
                _events.Clear();
                _replaced.Clear();
                _runs.Clear();
                (_writtenBackOff, _writtenLedger) = (backOff, ledger);
                Error = null;
            }
        }
    }

    public void Dispose()
    {
        Flush();
        lock (_lock)
        {
            _database?.Dispose();
        }
    }

    private static bool IsSame(EventRecord a, EventRecord b) =>
        a.Reason == b.Reason && a.Message == b.Message && a.Step == b.Step && a.Revision == b.Revision && a.Level == b.Level && a.User == b.User;

    private void Write(StateDatabase database, ImmutableDictionary<ResourceId, BackOff> backOff, byte[]? ledger)
    {
        foreach (var replaced in _replaced)
        {
            database.DeleteEvent(replaced);
        }

        foreach (var added in _events.Values)
        {
            database.Write(added);
        }

        foreach (var run in _runs.Values)
        {
            database.Write(run);
        }

        if (!ReferenceEquals(backOff, _writtenBackOff))
        {
            database.Write(backOff);
        }

        if (ledger is not null && !ReferenceEquals(ledger, _writtenLedger))
        {
            database.WriteLedger(ledger);
        }

        if (_sinceTrim >= TrimEvery)
        {
            database.Trim(MaxEvents, MaxRuns);
        }
    }

    private void Load(StateDatabase database)
    {
        BackOff = _writtenBackOff = database.BackOff();
        LedgerCopy = _writtenLedger = database.Ledger();
        foreach (var latest in database.LatestEvents())
        {
            _latest[latest.Resource ?? ""] = latest;
        }

        (_lastEvent, _lastRun) = (database.LastEvent(), database.LastRun());
    }

    // History must never cost a pass, whatever a damaged database makes SQLite or the row readers throw.
    private bool Try(Action<StateDatabase> use)
    {
        try
        {
            use(Current());
            return true;
        }
        catch (Exception e)
        {
            Failed(e);
            return false;
        }
    }

    private StateDatabase Current()
    {
        if (_database is not null && !File.Exists(_path))
        {
            Close();
        }

        try
        {
            if (_database is null)
                StateFile.ClearForFile(_path);
            return _database ??= StateDatabase.Open(_path);
        }
        catch (InvalidDataException e)
        {
            LogDamaged(_path, e.Message);
            SetAside();
            Restore();
            return _database = StateDatabase.Open(_path);
        }
    }

    private void Restore()
    {
        var backup = Path.Combine(Path.GetDirectoryName(_path)!, BackupName);
        if (!File.Exists(backup))
            return;
        File.Move(backup, _path);
        LogRestored(_path);
    }

    private void Failed(Exception e)
    {
        if (Error != e.Message)
        {
            LogFailed(_path, e.Message);
        }

        Error = e.Message;
        switch (e)
        {
            case SqliteException { SqliteErrorCode: SqliteDatabase.Busy or SqliteDatabase.Locked or SqliteDatabase.Full }:
                // The connection is still good.
                break;
            case SqliteException { SqliteErrorCode: not (SqliteDatabase.Corrupt or SqliteDatabase.NotADatabase) } or IOException or UnauthorizedAccessException:
                Close();
                break;
            default:
                // Corrupt, or rows that can't be what was written.
                Close();
                SetAside();
                break;
        }
    }

    private void Close()
    {
        _database?.Dispose();
        _database = null;

        // What is opened next may not be the file that they were written to.
        _writtenBackOff = null;
        _writtenLedger = null;
    }

    private void SetAside()
    {
        try
        {
            foreach (var suffix in (string[])["", "-wal", "-shm"])
            {
                if (File.Exists(_path + suffix))
                {
                    File.Move(_path + suffix, $"{_path}.damaged{suffix}", overwrite: true);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogFailed(_path, e.Message);
        }
    }
}
