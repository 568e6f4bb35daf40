using System.Collections.Concurrent;
using EdgeOperator.Functions.Storage;
using Microsoft.Data.Sqlite;

namespace EdgeOperator.Functions.Timers;

/// <summary>
/// What is remembered of an app's timers: all of them while the host lives, so that a new generation of the app goes on
/// where the last one ended, and the monitored ones also on the disk.
/// </summary>
public sealed class TimerRecords(HostDatabase database)
{
    private readonly ConcurrentDictionary<string, TimerStatus> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="function">The function's name.</param>
    /// <exception cref="IOException">The disk could not be read.</exception>
    public async Task<TimerStatus?> FindAsync(string function, bool monitored, CancellationToken cancellation)
    {
        if (_known.TryGetValue(function, out var known) || !monitored)
            return known;
        var rows = await database.DoAsync(d => d.Query("SELECT last, next, updated FROM timers WHERE name = $1", Read, function), cancellation);
        return rows.FirstOrDefault();
    }

    /// <exception cref="IOException">The disk did not take it; it is known all the same while the host lives.</exception>
    public Task KeepAsync(string function, bool monitored, TimerStatus status, CancellationToken cancellation)
    {
        _known[function] = status;
        return !monitored ? Task.CompletedTask : database.DoAsync(
            d => d.Execute(
                "INSERT OR REPLACE INTO timers VALUES ($1, $2, $3, $4)",
                function, status.Last?.UtcTicks, status.Next.UtcTicks, status.Updated.UtcTicks),
            cancellation);
    }

    private static TimerStatus Read(SqliteDataReader row) =>
        new(row.IsDBNull(0) ? null : Time(row, 0), Time(row, 1), Time(row, 2));

    private static DateTimeOffset Time(SqliteDataReader row, int column) => new(row.GetInt64(column), TimeSpan.Zero);
}
