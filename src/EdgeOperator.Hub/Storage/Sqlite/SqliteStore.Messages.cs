using EdgeOperator.Hub.Messages;

namespace EdgeOperator.Hub.Storage.Sqlite;

internal sealed partial class SqliteStore
{
    public Task<bool> EnqueueAsync(string deviceId, DeviceMessage message, int mostPending, DateTimeOffset now, CancellationToken cancellation) => WriteAsync(
        session =>
        {
            session.Execute("DELETE FROM messages WHERE device_id = $1 AND expires <= $2", deviceId, Ticks(now));
            var added = session.Execute(
                """
                INSERT INTO messages (device_id, properties, body, enqueued, expires, deliveries)
                SELECT $1, $2, $3, $4, $5, 0
                WHERE (SELECT COUNT(*) FROM messages WHERE device_id = $1) < $6 AND EXISTS (SELECT 1 FROM identities WHERE device_id = $1 AND module_id = '')
                """,
                deviceId, message.Properties, message.Body, Ticks(message.Enqueued), Ticks(message.Expires), mostPending);
            if (added > 0)
                AddChange(session, new(deviceId), ChangeKind.Message, null, 0);
            return added > 0;
        },
        cancellation);

    public Task<DeviceMessage?> NextMessageAsync(string deviceId, int mostDeliveries, DateTimeOffset now, CancellationToken cancellation) => WriteAsync(
        session =>
        {
            session.Execute("DELETE FROM messages WHERE device_id = $1 AND (expires <= $2 OR deliveries >= $3)", deviceId, Ticks(now), mostDeliveries);
            return session.Query(
                """
                UPDATE messages SET deliveries = deliveries + 1 WHERE seq = (SELECT MIN(seq) FROM messages WHERE device_id = $1)
                RETURNING seq, properties, body, enqueued, expires
                """,
                reader => new DeviceMessage(reader.GetInt64(0), reader.GetString(1), (byte[])reader.GetValue(2), Time(reader.GetInt64(3)), Time(reader.GetInt64(4))),
                deviceId).FirstOrDefault();
        },
        cancellation);

    public Task CompleteMessageAsync(long sequence, CancellationToken cancellation) => WriteAsync(session => session.Execute("DELETE FROM messages WHERE seq = $1", sequence), cancellation);

    public Task<int> PurgeMessagesAsync(string deviceId, CancellationToken cancellation) =>
        WriteAsync(session => session.Execute("DELETE FROM messages WHERE device_id = $1", deviceId), cancellation);

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
}
