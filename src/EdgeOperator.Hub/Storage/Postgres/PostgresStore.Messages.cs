using EdgeOperator.Hub.Messages;
using static EdgeOperator.Hub.Storage.StoredRows;

namespace EdgeOperator.Hub.Storage.Postgres;

internal sealed partial class PostgresStore
{
    private readonly BatchWriter<long, TelemetryMessage> _telemetry;
    private long _telemetryWrites;

    // The device's row is locked alone for all who send to it, so that no more wait than may.
    public async Task<bool> EnqueueAsync(string deviceId, DeviceMessage message, int mostPending, DateTimeOffset now, CancellationToken cancellation) => await ExecuteAsync(
        "SELECT 1 FROM identities WHERE device_id = $1 AND module_id = '' FOR NO KEY UPDATE",
        $"""
        WITH expired AS (DELETE FROM messages WHERE device_id = $1 AND expires <= $7 RETURNING *),
        told AS ({Tell("expired", "$7", MessageOutcome.Expired)}),
        added AS (
            INSERT INTO messages (device_id, properties, body, enqueued, expires, deliveries, message_id, ack)
            SELECT $1, $2, $3, $4, $5, 0, NULLIF($8, ''), $9
            WHERE (SELECT count(*) FROM messages WHERE device_id = $1 AND expires > $7) < $6 AND EXISTS (SELECT 1 FROM identities WHERE device_id = $1 AND module_id = '')
            RETURNING device_id)
        INSERT INTO changes (device_id, module_id, kind, version) SELECT device_id, '', 2, 0 FROM added
        """,
        cancellation, [deviceId, message.Properties, message.Body, Ticks(message.Enqueued), Ticks(message.Expires), mostPending, Ticks(now), message.Id ?? "", (int)message.Ack]) > 0;

    public Task<DeviceMessage?> NextMessageAsync(string deviceId, int mostDeliveries, DateTimeOffset now, CancellationToken cancellation) => FirstAsync(
        $"""
        WITH dropped AS (DELETE FROM messages WHERE device_id = $1 AND (expires <= $2 OR deliveries >= $3) RETURNING *),
        expired AS (SELECT * FROM dropped WHERE expires <= $2), exceeded AS (SELECT * FROM dropped WHERE expires > $2),
        told AS ({Tell("expired", "$2", MessageOutcome.Expired)}),
        told_too AS ({Tell("exceeded", "$2", MessageOutcome.DeliveryCountExceeded)})
        UPDATE messages SET deliveries = deliveries + 1
        WHERE seq = (SELECT min(seq) FROM messages WHERE device_id = $1 AND expires > $2 AND deliveries < $3)
        RETURNING seq, properties, body, enqueued, expires
        """,
        reader => new DeviceMessage(reader.GetInt64(0), reader.GetString(1), (byte[])reader.GetValue(2), Time(reader.GetInt64(3)), Time(reader.GetInt64(4))),
        cancellation, deviceId, Ticks(now), mostDeliveries);

    public Task CompleteMessageAsync(long sequence, DateTimeOffset now, CancellationToken cancellation) =>
        SettleAsync("seq = $2", MessageOutcome.Success, now, cancellation, sequence);

    public async Task<int> PurgeMessagesAsync(string deviceId, DateTimeOffset now, CancellationToken cancellation) =>
        (int)await SettleAsync("device_id = $2", MessageOutcome.Purged, now, cancellation, deviceId);

    public async Task<IReadOnlyList<Feedback>> LockFeedbackAsync(string token, int limit, DateTimeOffset now, DateTimeOffset until, DateTimeOffset keepFrom, CancellationToken cancellation)
    {
        // Messages of devices that never come back end without anybody looking at their queue.
        await SettleAsync("ack <> 0 AND expires <= $2", MessageOutcome.Expired, now, cancellation, Ticks(now));
        await ExecuteAsync("DELETE FROM feedback WHERE at < $1", cancellation, Ticks(keepFrom));
        var locked = await QueryAsync(
            """
            UPDATE feedback SET token = $1, locked_until = $2
            WHERE seq IN (SELECT seq FROM feedback WHERE locked_until <= $3 ORDER BY seq LIMIT $4 FOR UPDATE SKIP LOCKED)
            RETURNING seq, message_id, device_id, generation, at, outcome
            """,
            reader => (Sequence: reader.GetInt64(0), Feedback: new Feedback(OptionalText(reader, 1), reader.GetString(2), reader.GetString(3), Time(reader.GetInt64(4)), (MessageOutcome)reader.GetInt32(5))),
            cancellation, token, Ticks(until), Ticks(now), limit);
        return [.. locked.OrderBy(l => l.Sequence).Select(l => l.Feedback)];
    }

    public async Task<bool> CompleteFeedbackAsync(string token, DateTimeOffset now, CancellationToken cancellation) =>
        await ExecuteAsync("DELETE FROM feedback WHERE token = $1 AND locked_until > $2", cancellation, token, Ticks(now)) > 0;

    public async Task<bool> AbandonFeedbackAsync(string token, DateTimeOffset now, CancellationToken cancellation) =>
        await ExecuteAsync("UPDATE feedback SET token = NULL, locked_until = 0 WHERE token = $1 AND locked_until > $2", cancellation, token, Ticks(now)) > 0;

    public Task AddTelemetryAsync(TelemetryMessage message, CancellationToken cancellation) =>
        _telemetry.WriteAsync(Interlocked.Increment(ref _telemetryWrites), message, cancellation);

    public async Task<IReadOnlyList<TelemetryMessage>> ReadTelemetryAsync(long after, string? deviceId, int limit, CancellationToken cancellation) => await QueryAsync(
        deviceId is null
            ? "SELECT seq, device_id, module_id, at, properties, body FROM telemetry WHERE seq > $1 ORDER BY seq LIMIT $2"
            : "SELECT seq, device_id, module_id, at, properties, body FROM telemetry WHERE seq > $1 AND device_id = $3 ORDER BY seq LIMIT $2",
        reader => new TelemetryMessage(reader.GetInt64(0), new(reader.GetString(1), reader.GetString(2)), Time(reader.GetInt64(3)), reader.GetString(4), (byte[])reader.GetValue(5)),
        cancellation,
        deviceId is null ? [after, limit] : [after, limit, deviceId]);

    public async Task TrimAsync(DateTimeOffset telemetryBefore, int mostTelemetry, DateTimeOffset changesBefore, CancellationToken cancellation)
    {
        // Sequence numbers follow time, so that the primary key finds what is old.
        await ExecuteAsync("DELETE FROM telemetry WHERE seq <= (SELECT max(seq) FROM telemetry) - $1::bigint", cancellation, (long)mostTelemetry);
        await ExecuteAsync(
            "DELETE FROM telemetry WHERE seq < (SELECT COALESCE(min(seq), 9223372036854775807) FROM (SELECT seq FROM telemetry WHERE at >= $1 ORDER BY seq LIMIT 1) kept)", cancellation, Ticks(telemetryBefore));
        await ExecuteAsync("DELETE FROM changes WHERE at < $1", cancellation, changesBefore.ToUnixTimeMilliseconds());
    }

    // One order, so that the numbers of a device's messages are in the order in which it sent them.
    private async Task<IReadOnlyCollection<long>> AddTelemetryAsync(IReadOnlyList<(long Key, TelemetryMessage Message)> messages, CancellationToken cancellation)
    {
        await ExecuteAsync(
            """
            INSERT INTO telemetry (device_id, module_id, at, properties, body)
            SELECT device_id, module_id, at, properties, body FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::bytea[]) WITH ORDINALITY AS m (device_id, module_id, at, properties, body, place)
            ORDER BY place
            """,
            cancellation,
            messages.Select(m => m.Message.From.DeviceId).ToArray(), messages.Select(m => m.Message.From.ModuleId).ToArray(), messages.Select(m => Ticks(m.Message.At)).ToArray(),
            messages.Select(m => m.Message.Properties).ToArray(), messages.Select(m => m.Message.Body).ToArray());
        return [.. messages.Select(m => m.Key)];
    }

    /// <summary>Ends messages, and notes it for those whose senders want to know.</summary>
    /// <param name="which">A condition on messages, whose parameters begin at $2.</param>
    private Task<long> SettleAsync(string which, MessageOutcome outcome, DateTimeOffset now, CancellationToken cancellation, params object?[] values) => NumberAsync(
        $"WITH gone AS (DELETE FROM messages WHERE {which} RETURNING *), told AS ({Tell("gone", "$1", outcome)}) SELECT count(*) FROM gone",
        cancellation, [Ticks(now), .. values]);

    private static string Tell(string gone, string now, MessageOutcome outcome)
    {
        var wanted = outcome == MessageOutcome.Success ? Acknowledgement.Positive : Acknowledgement.Negative;
        return $"""
            INSERT INTO feedback (message_id, device_id, generation, at, outcome)
            SELECT m.message_id, m.device_id, i.generation, {now}, {(int)outcome} FROM {gone} m JOIN identities i ON i.device_id = m.device_id AND i.module_id = ''
            WHERE m.ack IN ({(int)wanted}, {(int)Acknowledgement.Full}) ORDER BY m.seq
            """;
    }
}
