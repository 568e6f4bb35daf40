namespace EdgeOperator.Hub.Storage.Sqlite;

internal sealed partial class SqliteStore
{
    public Task<bool> WriteRolloutAsync(
        Document rollout, string? expectedETag, IReadOnlyCollection<StoredRolloutDevice> changed, IReadOnlyCollection<string> removed, LeadershipTerm? fence, CancellationToken cancellation) => WriteAsync(
        session =>
        {
            if ((fence is { } term && session.Number("SELECT COUNT(*) FROM leases WHERE name = $1 AND term = $2", term.Lease, term.Number) == 0) || !Write(session, rollout, expectedETag))
                return false;
            foreach (var device in changed)
                session.Execute(
                    "INSERT INTO rollout_devices (fleet, device_id, batch, state, json) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO UPDATE SET batch = $3, state = $4, json = $5",
                    rollout.Id, device.DeviceId, device.Batch, device.State, device.Json);
            foreach (var device in removed)
                session.Execute("DELETE FROM rollout_devices WHERE fleet = $1 AND device_id = $2", rollout.Id, device);
            return true;
        },
        cancellation);

    public Task<IReadOnlyList<StoredRolloutDevice>> ListRolloutDevicesAsync(string fleet, int? batch, IReadOnlyCollection<int>? states, string after, int limit, CancellationToken cancellation) => ReadAsync<IReadOnlyList<StoredRolloutDevice>>(
        session => session.Query(
            "SELECT device_id, batch, state, json FROM rollout_devices WHERE fleet = $1 AND device_id > $2 AND ($3 IS NULL OR batch = $3) AND ($4 IS NULL OR state IN (SELECT value FROM json_each($4))) ORDER BY device_id LIMIT $5",
            reader => new StoredRolloutDevice(reader.GetString(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetString(3)), fleet, after, batch, states is null ? null : $"[{string.Join(',', states)}]", limit),
        cancellation);

    public Task RemoveRolloutDevicesAsync(string fleet, CancellationToken cancellation) => WriteAsync(session => session.Execute("DELETE FROM rollout_devices WHERE fleet = $1", fleet), cancellation);
}
