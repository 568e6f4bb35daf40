using System.Data.Common;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins;
using EdgeOperator.Hub.Identities;

namespace EdgeOperator.Hub.Storage;

/// <summary>
/// Rows as both stores have them: what is selected, and what is made of it. Times are stored as UTC ticks, JSON as text, secrets encrypted.
/// </summary>
internal sealed class StoredRows(SecretBox secrets)
{
    /// <summary>For <see cref="ReadIdentity"/>, of the table identities as <c>i</c>.</summary>
    public const string IdentityColumns =
        "i.device_id, i.module_id, i.generation, i.etag, i.enabled, i.status_reason, i.status_updated, i.authentication, i.primary_key, i.secondary_key, i.primary_thumbprint, i.secondary_thumbprint, i.edge, i.managed_by";

    /// <summary>For <see cref="ReadRow"/>.</summary>
    public const string Identities =
        $"SELECT {IdentityColumns}, {PresenceColumns} FROM identities i LEFT JOIN presence p ON p.device_id = i.device_id AND p.module_id = i.module_id";

    /// <summary>For <see cref="ReadTwin"/>; twins are <c>t</c>.</summary>
    public const string Twins =
        $"""
        SELECT {IdentityColumns}, {PresenceColumns}, t.version, t.tags, t.desired, t.desired_metadata, t.desired_version, t.reported, t.reported_metadata, t.reported_version, t.configurations
        FROM twins t
        JOIN identities i ON i.device_id = t.device_id AND i.module_id = t.module_id
        LEFT JOIN presence p ON p.device_id = t.device_id AND p.module_id = t.module_id
        """;

    /// <summary>For <see cref="ReadDeviceJob"/>.</summary>
    public const string DeviceJobs = "SELECT job_id, device_id, status, created, updated, started, ended, outcome, error FROM device_jobs";

    /// <summary>For <see cref="ReadEvent"/>.</summary>
    public const string EventRecords = "SELECT seq, at, type, device_id, module_id, actor, message, data FROM events";

    /// <summary>For <see cref="ReadAuditEntry"/>.</summary>
    public const string AuditEntries = "SELECT seq, at, actor, action, target, detail FROM audit";

    private const string PresenceColumns =
        "p.connected, p.changed, p.last_activity, CAST((SELECT COUNT(*) FROM messages m WHERE i.module_id = '' AND m.device_id = i.device_id) AS INTEGER)";

    private const int FirstPresenceColumn = 14;
    private const int FirstTwinColumn = FirstPresenceColumn + 4;

    public Identity ReadIdentity(DbDataReader reader) => new(new(reader.GetString(0), reader.GetString(1)), reader.GetString(2), reader.GetString(3))
    {
        IsEnabled = reader.GetBoolean(4),
        StatusReason = OptionalText(reader, 5),
        StatusUpdated = OptionalTime(reader, 6),
        Authentication = (AuthenticationType)reader.GetInt32(7),
        PrimaryKey = reader.IsDBNull(8) ? null : secrets.Decrypt((byte[])reader.GetValue(8)),
        SecondaryKey = reader.IsDBNull(9) ? null : secrets.Decrypt((byte[])reader.GetValue(9)),
        PrimaryThumbprint = OptionalText(reader, 10),
        SecondaryThumbprint = OptionalText(reader, 11),
        IsEdge = reader.GetBoolean(12),
        ManagedBy = OptionalText(reader, 13),
    };

    /// <summary>Values in the order of <see cref="IdentityColumns"/>.</summary>
    public object?[] ValuesOf(Identity identity) =>
    [
        identity.Key.DeviceId, identity.Key.ModuleId, identity.GenerationId, identity.ETag, identity.IsEnabled, identity.StatusReason,
        identity.StatusUpdated?.UtcTicks, (int)identity.Authentication,
        identity.PrimaryKey is { } primary ? secrets.Encrypt(primary) : null, identity.SecondaryKey is { } secondary ? secrets.Encrypt(secondary) : null,
        identity.PrimaryThumbprint, identity.SecondaryThumbprint, identity.IsEdge, identity.ManagedBy,
    ];

    public IdentityRow ReadRow(DbDataReader reader) => new(ReadIdentity(reader), ReadPresence(reader), reader.GetInt32(FirstPresenceColumn + 3));

    public TwinRow ReadTwin(DbDataReader reader)
    {
        var twin = new Twin(
            Json(reader, FirstTwinColumn + 1),
            new(Json(reader, FirstTwinColumn + 2), Json(reader, FirstTwinColumn + 3), reader.GetInt64(FirstTwinColumn + 4)),
            new(Json(reader, FirstTwinColumn + 5), Json(reader, FirstTwinColumn + 6), reader.GetInt64(FirstTwinColumn + 7)),
            reader.GetInt64(FirstTwinColumn))
        {
            Configurations = Json(reader, FirstTwinColumn + 8),
        };
        return new(ReadIdentity(reader), twin, ReadPresence(reader), reader.GetInt32(FirstPresenceColumn + 3));
    }

    public static DeviceJob ReadDeviceJob(DbDataReader reader) =>
        new(reader.GetString(0), reader.GetString(1), (DeviceJobStatus)reader.GetInt32(2), Time(reader.GetInt64(3)), Time(reader.GetInt64(4)))
        {
            Started = OptionalTime(reader, 5),
            Ended = OptionalTime(reader, 6),
            Outcome = OptionalText(reader, 7),
            Error = OptionalText(reader, 8),
        };

    public static HubEvent ReadEvent(DbDataReader reader) => new(
        reader.GetInt64(0), Time(reader.GetInt64(1)), reader.GetString(2), OptionalText(reader, 3) is { } device ? new IdentityKey(device, reader.GetString(4)) : null,
        OptionalText(reader, 5), reader.GetString(6), OptionalText(reader, 7) is { } data ? JsonNode.Parse(data)!.AsObject() : null);

    public static AuditEntry ReadAuditEntry(DbDataReader reader) =>
        new(reader.GetInt64(0), Time(reader.GetInt64(1)), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5));

    public static long Ticks(DateTimeOffset time) => time.UtcTicks;

    public static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);

    public static DateTimeOffset? OptionalTime(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : Time(reader.GetInt64(column));

    public static string? OptionalText(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public static JsonObject Json(DbDataReader reader, int column) => JsonNode.Parse(reader.GetString(column))!.AsObject();

    private static Presence ReadPresence(DbDataReader reader) => reader.IsDBNull(FirstPresenceColumn)
        ? Presence.Never
        : new(reader.GetBoolean(FirstPresenceColumn), OptionalTime(reader, FirstPresenceColumn + 1), OptionalTime(reader, FirstPresenceColumn + 2));
}
