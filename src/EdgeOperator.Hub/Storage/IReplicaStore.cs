using EdgeOperator.Hub.Identities;

namespace EdgeOperator.Hub.Storage;

/// <summary>What replicas know and tell each other through the store that they share. By the store's clock.</summary>
internal interface IReplicaStore
{
    /// <summary>Says that this replica lives.</summary>
    /// <param name="address">Where the other replicas reach it, as <c>host:port</c>; null for nowhere.</param>
    /// <param name="lease">When it has not said so for that long, its connections have ended.</param>
    /// <returns>False when it was not known: it has just started, or was given up and its connections were noted as ended.</returns>
    Task<bool> RenewAsync(string? address, TimeSpan lease, CancellationToken cancellation);

    /// <summary>Notes the end of connections to replicas that don't live any more.</summary>
    /// <returns>How many there were.</returns>
    Task<int> DisconnectDeadAsync(DateTimeOffset now, CancellationToken cancellation);

    /// <summary>Says that this replica has ended.</summary>
    Task LeaveAsync(CancellationToken cancellation);

    /// <returns>Null when the device or module is connected to no replica that lives.</returns>
    Task<ReplicaConnection?> FindConnectionAsync(IdentityKey key, CancellationToken cancellation);

    /// <returns>Null when it does not live.</returns>
    Task<LiveReplica?> FindReplicaAsync(string replica, CancellationToken cancellation);

    /// <summary>Sends something to one replica, which reads it among the changes.</summary>
    /// <param name="life">It is not delivered later than that.</param>
    Task PostAsync(string replica, IdentityKey key, ChangeKind kind, string body, TimeSpan life, CancellationToken cancellation);
}

/// <param name="Subscriptions">Bits.</param>
internal sealed record ReplicaConnection(string Replica, int Subscriptions);

/// <param name="Address">Where the other replicas reach it; null for nowhere.</param>
internal sealed record LiveReplica(string Id, string? Address);
