using EdgeOperator.Hub.Messages;
using static EdgeOperator.Hub.Storage.StoredRows;

namespace EdgeOperator.Hub.Storage.Sqlite;

internal sealed partial class SqliteStore
{
    public Task<bool> EnqueueAsync(string deviceId, DeviceMessage message, int mostPending, DateTimeOffset now, CancellationToken cancellation) => WriteAsync(
        session =>
        {
            Settle(session, MessageOutcome.Expired, now, "m.device_id = $3 AND m.expires <= $4", deviceId, Ticks(now));
            var added = session.Execute(
                """
                INSERT INTO messages (device_id, properties, body, enqueued, expires, deliveries, message_id, ack)
                SELECT $1, $2, $3, $4, $5, 0, $7, $8
                WHERE (SELECT COUNT(*) FROM messages WHERE device_id = $1) < $6 AND EXISTS (SELECT 1 FROM identities WHERE device_id = $1 AND module_id = '')
                """,
                deviceId, message.Properties, message.Body, Ticks(message.Enqueued), Ticks(message.Expires), mostPending, message.Id, (int)message.Ack);
            if (added > 0)
                AddChange(session, new(deviceId), ChangeKind.Message, null, 0);
            return added > 0;
        },
        cancellation);

    public Task<DeviceMessage?> NextMessageAsync(string deviceId, int mostDeliveries, DateTimeOffset now, CancellationToken cancellation) => WriteAsync(
        session =>
        {
            Settle(session, MessageOutcome.Expired, now, "m.device_id = $3 AND m.expires <= $4", deviceId, Ticks(now));
            Settle(session, MessageOutcome.DeliveryCountExceeded, now, "m.device_id = $3 AND m.deliveries >= $4", deviceId, mostDeliveries);
            return session.Query(
                """
                UPDATE messages SET deliveries = deliveries + 1 WHERE seq = (SELECT MIN(seq) FROM messages WHERE device_id = $1)
                RETURNING seq, properties, body, enqueued, expires
                """,
                reader => new DeviceMessage(reader.GetInt64(0), reader.GetString(1), (byte[])reader.GetValue(2), Time(reader.GetInt64(3)), Time(reader.GetInt64(4))),
                deviceId).FirstOrDefault();
        },
        cancellation);

    public Task CompleteMessageAsync(long sequence, DateTimeOffset now, CancellationToken cancellation) =>
        WriteAsync(session => Settle(session, MessageOutcome.Success, now, "m.seq = $3", sequence), cancellation);

    public Task<int> PurgeMessagesAsync(string deviceId, DateTimeOffset now, CancellationToken cancellation) =>
        WriteAsync(session => Settle(session, MessageOutcome.Purged, now, "m.device_id = $3", deviceId), cancellation);

    public Task<IReadOnlyList<Feedback>> LockFeedbackAsync(string token, int limit, DateTimeOffset now, DateTimeOffset until, DateTimeOffset keepFrom, CancellationToken cancellation) => WriteAsync<IReadOnlyList<Feedback>>(
        session =>
        {
            // Messages of devices that never come back end without anybody looking at their queue.
            Settle(session, MessageOutcome.Expired, now, "m.ack <> $3 AND m.expires <= $4", (int)Acknowledgement.None, Ticks(now));
            session.Execute("DELETE FROM feedback WHERE at < $1", Ticks(keepFrom));
            session.Execute(
                "UPDATE feedback SET token = $1, locked_until = $2 WHERE seq IN (SELECT seq FROM feedback WHERE locked_until <= $3 ORDER BY seq LIMIT $4)",
                token, Ticks(until), Ticks(now), limit);
            return session.Query(
                "SELECT message_id, device_id, generation, at, outcome FROM feedback WHERE token = $1 ORDER BY seq",
                reader => new Feedback(OptionalText(reader, 0), reader.GetString(1), reader.GetString(2), Time(reader.GetInt64(3)), (MessageOutcome)reader.GetInt32(4)), token);
        },
        cancellation);

    public Task<bool> CompleteFeedbackAsync(string token, DateTimeOffset now, CancellationToken cancellation) =>
        WriteAsync(session => session.Execute("DELETE FROM feedback WHERE token = $1 AND locked_until > $2", token, Ticks(now)) > 0, cancellation);

    public Task<bool> AbandonFeedbackAsync(string token, DateTimeOffset now, CancellationToken cancellation) =>
        WriteAsync(session => session.Execute("UPDATE feedback SET token = NULL, locked_until = 0 WHERE token = $1 AND locked_until > $2", token, Ticks(now)) > 0, cancellation);

    public Task AddTelemetryAsync(TelemetryMessage message, CancellationToken cancellation) => WriteAsync(
        session => session.Execute(
            "INSERT INTO telemetry (device_id, module_id, at, properties, body) VALUES ($1, $2, $3, $4, $5)",
            message.From.DeviceId, message.From.ModuleId, Ticks(message.At), message.Properties, message.Body),
        cancellation);

    public Task<IReadOnlyList<TelemetryMessage>> ReadTelemetryAsync(long after, string? deviceId, int limit, CancellationToken cancellation) => ReadAsync<IReadOnlyList<TelemetryMessage>>(
        session => session.Query(
            deviceId is null
                ? "SELECT seq, device_id, module_id, at, properties, body FROM telemetry WHERE seq > $1 ORDER BY seq LIMIT $2"
                : "SELECT seq, device_id, module_id, at, properties, body FROM telemetry WHERE seq > $1 AND device_id = $3 ORDER BY seq LIMIT $2",
            reader => new TelemetryMessage(reader.GetInt64(0), new(reader.GetString(1), reader.GetString(2)), Time(reader.GetInt64(3)), reader.GetString(4), (byte[])reader.GetValue(5)),
            deviceId is null ? [after, limit] : [after, limit, deviceId]),
        cancellation);

    public Task TrimAsync(DateTimeOffset telemetryBefore, int mostTelemetry, DateTimeOffset changesBefore, CancellationToken cancellation) => WriteAsync(
        session =>
            // Sequence numbers follow time, so that the primary key finds what is old.
            session.Execute("DELETE FROM telemetry WHERE seq <= (SELECT MAX(seq) FROM telemetry) - $1", mostTelemetry)
            + session.Execute("DELETE FROM telemetry WHERE seq < COALESCE((SELECT MIN(seq) FROM telemetry WHERE at >= $1), 9223372036854775807)", Ticks(telemetryBefore))
            + session.Execute("DELETE FROM changes WHERE at < $1", changesBefore.ToUnixTimeMilliseconds()),
        cancellation);

    /// <summary>Ends messages, and notes it for those whose senders want to know.</summary>
    /// <param name="which">A condition on messages <c>m</c>, whose parameters begin at $3.</param>
    private static int Settle(SqliteSession session, MessageOutcome outcome, DateTimeOffset now, string which, params ReadOnlySpan<object?> values)
    {
        var wanted = outcome == MessageOutcome.Success ? Acknowledgement.Positive : Acknowledgement.Negative;
        session.Execute(
            $"""
            INSERT INTO feedback (message_id, device_id, generation, at, outcome)
            SELECT m.message_id, m.device_id, i.generation, $1, $2 FROM messages m JOIN identities i ON i.device_id = m.device_id AND i.module_id = ''
            WHERE m.ack IN ({(int)wanted}, {(int)Acknowledgement.Full}) AND {which} ORDER BY m.seq
            """,
            [Ticks(now), (int)outcome, .. values]);
        return session.Execute($"DELETE FROM messages AS m WHERE {which}", [Ticks(now), (int)outcome, .. values]);
    }
}
