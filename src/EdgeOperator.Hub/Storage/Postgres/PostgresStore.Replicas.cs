using EdgeOperator.Hub.Identities;
using static EdgeOperator.Hub.Storage.StoredRows;

namespace EdgeOperator.Hub.Storage.Postgres;

internal sealed partial class PostgresStore : IReplicaStore
{
    // A row that was just inserted has no transaction that changed it.
    public async Task<bool> RenewAsync(string? address, TimeSpan lease, CancellationToken cancellation) => !(await QueryAsync(
        "INSERT INTO replicas (id, until, address) VALUES ($1, clock_timestamp() + $2, $3) ON CONFLICT (id) DO UPDATE SET until = clock_timestamp() + $2 RETURNING xmax = 0",
        reader => reader.GetBoolean(0), cancellation, _replica, lease, address))[0];

    // By name, so that a replica that starts meanwhile is none of them.
    public async Task<int> DisconnectDeadAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        await ExecuteAsync("DELETE FROM replicas WHERE until < clock_timestamp()", cancellation);
        var dead = await QueryAsync(
            "SELECT DISTINCT replica FROM presence p WHERE connected AND NOT EXISTS (SELECT 1 FROM replicas r WHERE r.id = p.replica)", reader => reader.GetString(0), cancellation);
        return dead.Count == 0 ? 0 : await ExecuteAsync("UPDATE presence SET connected = false, changed = $2 WHERE connected AND replica = ANY ($1)", cancellation, dead.ToArray(), Ticks(now));
    }

    public Task LeaveAsync(CancellationToken cancellation) => ExecuteAsync("DELETE FROM replicas WHERE id = $1", cancellation, _replica);

    public Task<ReplicaConnection?> FindConnectionAsync(IdentityKey key, CancellationToken cancellation) => FirstAsync(
        """
        SELECT p.replica, p.subscriptions FROM presence p JOIN replicas r ON r.id = p.replica AND r.until > clock_timestamp()
        WHERE p.device_id = $1 AND p.module_id = $2 AND p.connected
        """,
        reader => new ReplicaConnection(reader.GetString(0), reader.GetInt32(1)), cancellation, key.DeviceId, key.ModuleId);

    public Task<LiveReplica?> FindReplicaAsync(string replica, CancellationToken cancellation) => FirstAsync(
        "SELECT address FROM replicas WHERE id = $1 AND until > clock_timestamp()",
        reader => new LiveReplica(replica, reader.IsDBNull(0) ? null : reader.GetString(0)), cancellation, replica);

    // The transaction gets its id before the number, so that whoever sees the gap knows who may fill it.
    public Task PostAsync(string replica, IdentityKey key, ChangeKind kind, string body, TimeSpan life, CancellationToken cancellation) => ExecuteAsync(
        """
        WITH id AS MATERIALIZED (SELECT pg_current_xact_id() AS value)
        INSERT INTO changes (device_id, module_id, kind, body, version, replica)
        SELECT $1, $2, $3, $4, (extract(epoch FROM clock_timestamp() + $5) * 1000)::bigint, $6 FROM id WHERE id.value IS NOT NULL
        """,
        cancellation, key.DeviceId, key.ModuleId, (int)kind, body, life, replica);
}
