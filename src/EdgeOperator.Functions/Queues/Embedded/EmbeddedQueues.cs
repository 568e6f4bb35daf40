using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using EdgeOperator.Functions.Storage;

namespace EdgeOperator.Functions.Queues.Embedded;

/// <summary>The queues of an app's own, in <c>host.db</c>; one object a name.</summary>
public sealed class EmbeddedQueues
{
    private readonly ConcurrentDictionary<string, EmbeddedQueue> _queues = new(StringComparer.Ordinal);
    private readonly HostDatabase _database;
    private readonly TimeProvider _time;

    private EmbeddedQueues(HostDatabase database, TimeProvider time) => (_database, _time) = (database, time);

    /// <summary>In the order of their names; those that were used or have messages.</summary>
    internal IEnumerable<EmbeddedQueue> All => _queues.Values.OrderBy(q => q.Name, StringComparer.Ordinal);

    /// <summary>Finds the queues and frees what a host held when it ended: no other can be at work on it.</summary>
    /// <exception cref="IOException">The disk did not take it.</exception>
    public static async Task<EmbeddedQueues> OpenAsync(HostDatabase database, TimeProvider time, CancellationToken cancellation)
    {
        var queues = new EmbeddedQueues(database, time);
        var lengths = await database.DoAsync(
            d =>
            {
                d.Execute("UPDATE messages SET visible = 0, held = 0, receipt = NULL WHERE held = 1");
                return d.Query("SELECT queue, count(*) FROM messages GROUP BY queue", row => (Name: row.GetString(0), Length: row.GetInt64(1)));
            },
            cancellation);
        foreach (var (name, length) in lengths)
            queues.Add(name, length);
        return queues;
    }

    /// <param name="name">A valid name; a queue is made when the first message is sent.</param>
    internal EmbeddedQueue Open(string name) => _queues.TryGetValue(name, out var queue) ? queue : Add(name, 0);

    /// <summary>Measures how many messages each queue has.</summary>
    public void MeasureBy(Meter meter) => meter.CreateObservableGauge(
        "edgeoperator.functions.queue.depth",
        () => All.Select(q => new Measurement<long>(q.Length, new KeyValuePair<string, object?>("queue", q.Name))),
        description: "Messages in the host's own queues, those that are worked on included.");

    private EmbeddedQueue Add(string name, long length) => _queues.GetOrAdd(name, n => new(n, _database, Open, _time, length));
}
