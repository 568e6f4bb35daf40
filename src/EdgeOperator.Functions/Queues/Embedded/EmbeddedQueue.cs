using System.Collections.Immutable;
using EdgeOperator.Functions.Storage;
using Microsoft.Data.Sqlite;

namespace EdgeOperator.Functions.Queues.Embedded;

/// <summary>
/// A queue in <c>host.db</c>. What was sent is on the disk and stays there until it is deleted, for any time: messages
/// do not expire, since the clock of a device may be years off before it is set.
/// </summary>
internal sealed class EmbeddedQueue : IQueue
{
    private const string Columns = "number, id, body, inserted, dequeued, receipt, visible";

    private readonly HostDatabase _database;
    private readonly Func<string, EmbeddedQueue> _open;
    private readonly TimeProvider _time;
    private long _length;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="open">Finds another queue by its name.</param>
    internal EmbeddedQueue(string name, HostDatabase database, Func<string, EmbeddedQueue> open, TimeProvider time, long length) =>
        (Name, _database, _open, _time, _length) = (name, database, open, time, length);

    public string Name { get; }

    /// <summary>Messages, the held ones included.</summary>
    public long Length => Interlocked.Read(ref _length);

    public async Task SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        if (body.Length > QueueMessage.MaxBytes)
            throw new IOException($"A message for the queue {Name} has {body.Length} bytes, and may have {QueueMessage.MaxBytes}");
        var (id, bytes, now) = (Guid.NewGuid().ToString(), body.ToArray(), Now);
        await _database.DoAsync(
            d => d.Execute(
                "INSERT INTO messages (queue, id, body, inserted, visible, dequeued, held) VALUES ($1, $2, $3, $4, 0, 0, 0)",
                Name, id, bytes, now),
            cancellation);
        Added();
    }

    public async Task<ImmutableArray<QueueMessage>> ReceiveAsync(int most, TimeSpan hold, CancellationToken cancellation)
    {
        var now = Now;
        return [.. await _database.DoAsync(
            d => d.Query(
                $"""
                UPDATE messages SET dequeued = dequeued + 1, visible = $3, held = 1, receipt = number || '-' || hex(randomblob(8))
                WHERE number IN (SELECT number FROM messages WHERE queue = $1 AND visible <= $2 ORDER BY visible, number LIMIT $4)
                RETURNING {Columns}
                """,
                Read, Name, now, now + hold.Ticks, (long)most).OrderBy(m => m.Number).Select(m => m.Message).ToArray(),
            cancellation)];
    }

    public async Task<QueueMessage?> RenewAsync(QueueMessage message, TimeSpan hold, CancellationToken cancellation)
    {
        var until = Now + hold.Ticks;
        var renewed = await _database.DoAsync(
            d => d.Execute("UPDATE messages SET visible = $3 WHERE number = $1 AND receipt = $2", Number(message), message.Receipt, until), cancellation);
        return renewed == 1 ? message with { NextVisible = Time(until) } : null;
    }

    public async Task ReleaseAsync(QueueMessage message, TimeSpan after, CancellationToken cancellation)
    {
        var visible = after > TimeSpan.Zero ? Now + after.Ticks : 0;
        await _database.DoAsync(
            d => d.Execute(
                "UPDATE messages SET visible = $3, held = 0, receipt = NULL WHERE number = $1 AND receipt = $2",
                Number(message), message.Receipt, visible),
            cancellation);
        Wake();
    }

    public async Task<bool> DeleteAsync(QueueMessage message, CancellationToken cancellation)
    {
        var deleted = await _database.DoAsync(
            d => d.Execute("DELETE FROM messages WHERE number = $1 AND receipt = $2", Number(message), message.Receipt), cancellation) == 1;
        if (deleted)
            Interlocked.Decrement(ref _length);
        return deleted;
    }

    public async Task PoisonAsync(QueueMessage message, CancellationToken cancellation)
    {
        var poison = _open(QueueName.Poison(Name));
        var moved = await _database.DoAsync(
            d => d.Execute(
                "UPDATE messages SET queue = $3, visible = 0, dequeued = 0, held = 0, receipt = NULL WHERE number = $1 AND receipt = $2",
                Number(message), message.Receipt, poison.Name),
            cancellation);
        if (moved == 1)
        {
            Interlocked.Decrement(ref _length);
            poison.Added();
        }
    }

    public async Task WaitAsync(TimeSpan most, CancellationToken cancellation)
    {
        var changed = Volatile.Read(ref _changed);
        var next = await _database.DoAsync(
            d => d.Query("SELECT min(visible) FROM messages WHERE queue = $1", row => row.IsDBNull(0) ? long.MaxValue : row.GetInt64(0), Name)[0],
            cancellation);
        var wait = TimeSpan.FromTicks(Math.Clamp(next - Now, 0, most.Ticks));
        if (wait > TimeSpan.Zero && !await SignalledAsync(changed.Task, wait, cancellation))
            return;
        Interlocked.CompareExchange(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously), changed);
    }

    /// <summary>The oldest messages, as they are, without receiving them.</summary>
    internal Task<ImmutableArray<QueueMessage>> PeekAsync(int most, CancellationToken cancellation) => _database.DoAsync(
        d => d.Query(
            $"SELECT {Columns} FROM messages WHERE queue = $1 ORDER BY number LIMIT $2", row => Read(row).Message, Name, (long)most).ToImmutableArray(),
        cancellation);

    private long Now => _time.GetUtcNow().UtcTicks;

    private async Task<bool> SignalledAsync(Task signal, TimeSpan most, CancellationToken cancellation)
    {
        try
        {
            await signal.WaitAsync(most, _time, cancellation);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private void Added()
    {
        Interlocked.Increment(ref _length);
        Wake();
    }

    private void Wake() => Volatile.Read(ref _changed).TrySetResult();

    private static long Number(QueueMessage message) =>
        long.Parse(message.Receipt.AsSpan(0, message.Receipt.IndexOf('-', StringComparison.Ordinal)), provider: null);

    private static (long Number, QueueMessage Message) Read(SqliteDataReader row) => (
        row.GetInt64(0),
        new(
            row.GetString(1), row.IsDBNull(5) ? "" : row.GetString(5), row.GetInt32(4), Time(row.GetInt64(3)), DateTimeOffset.MaxValue,
            Time(row.GetInt64(6)), row.GetFieldValue<byte[]>(2)));

    private static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);
}
