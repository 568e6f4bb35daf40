namespace EdgeOperator.Hub.Storage.Sqlite;

/// <summary>The database's schema: a migration for each version, never changed once it is published.</summary>
internal static class SqliteSchema
{
    public static string[] Migrations { get; } =
    [
        """
        CREATE TABLE identities (
            device_id TEXT NOT NULL, module_id TEXT NOT NULL, generation TEXT NOT NULL, etag TEXT NOT NULL,
            enabled INTEGER NOT NULL, status_reason TEXT, status_updated INTEGER, authentication INTEGER NOT NULL,
            primary_key BLOB, secondary_key BLOB, primary_thumbprint TEXT, secondary_thumbprint TEXT,
            edge INTEGER NOT NULL, managed_by TEXT,
            PRIMARY KEY (device_id, module_id)) WITHOUT ROWID;
        CREATE TABLE twins (
            device_id TEXT NOT NULL, module_id TEXT NOT NULL, version INTEGER NOT NULL, tags TEXT NOT NULL,
            desired TEXT NOT NULL, desired_metadata TEXT NOT NULL, desired_version INTEGER NOT NULL,
            reported TEXT NOT NULL, reported_metadata TEXT NOT NULL, reported_version INTEGER NOT NULL,
            PRIMARY KEY (device_id, module_id));
        CREATE TABLE presence (
            device_id TEXT NOT NULL, module_id TEXT NOT NULL, connected INTEGER NOT NULL, epoch INTEGER NOT NULL,
            subscriptions INTEGER NOT NULL, changed INTEGER, last_activity INTEGER,
            PRIMARY KEY (device_id, module_id)) WITHOUT ROWID;
        CREATE TABLE changes (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, device_id TEXT NOT NULL, module_id TEXT NOT NULL, kind INTEGER NOT NULL,
            body TEXT, version INTEGER NOT NULL, at INTEGER NOT NULL);
        CREATE INDEX changes_at ON changes (at);
        CREATE TABLE messages (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, device_id TEXT NOT NULL, properties TEXT NOT NULL, body BLOB NOT NULL,
            enqueued INTEGER NOT NULL, expires INTEGER NOT NULL, deliveries INTEGER NOT NULL);
        CREATE INDEX messages_device ON messages (device_id, seq);
        CREATE TABLE telemetry (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, device_id TEXT NOT NULL, module_id TEXT NOT NULL, at INTEGER NOT NULL,
            properties TEXT NOT NULL, body BLOB NOT NULL);
        CREATE INDEX telemetry_device ON telemetry (device_id, seq);
        CREATE TABLE documents (
            kind TEXT NOT NULL, id TEXT NOT NULL, etag TEXT NOT NULL, json TEXT NOT NULL,
            PRIMARY KEY (kind, id)) WITHOUT ROWID;
        CREATE TABLE audit (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
            target TEXT NOT NULL, detail TEXT NOT NULL);
        """,
        """
        CREATE TABLE leases (name TEXT NOT NULL PRIMARY KEY, holder TEXT NOT NULL, term INTEGER NOT NULL, until REAL NOT NULL) WITHOUT ROWID;
        ALTER TABLE documents ADD COLUMN label TEXT;
        CREATE INDEX documents_label ON documents (kind, label) WHERE label IS NOT NULL;
        UPDATE documents SET label = json_extract(json, '$.State') WHERE kind = 'enrollmentRequest';
        """,
        """
        CREATE TABLE twin_tags (
            entry TEXT NOT NULL, device_id TEXT NOT NULL, module_id TEXT NOT NULL,
            PRIMARY KEY (entry, device_id, module_id)) WITHOUT ROWID;
        CREATE INDEX twin_tags_twin ON twin_tags (device_id, module_id);
        CREATE TABLE untagged AS SELECT device_id, module_id FROM twins WHERE tags <> '{}';
        """,
        """
        CREATE TABLE events (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, type TEXT NOT NULL, device_id TEXT, module_id TEXT,
            actor TEXT, message TEXT NOT NULL, data TEXT);
        """,
        """
        ALTER TABLE twins ADD COLUMN configurations TEXT NOT NULL DEFAULT '{}';
        ALTER TABLE messages ADD COLUMN message_id TEXT;
        ALTER TABLE messages ADD COLUMN ack INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX messages_expires ON messages (expires);
        CREATE TABLE feedback (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, message_id TEXT, device_id TEXT NOT NULL, generation TEXT NOT NULL,
            at INTEGER NOT NULL, outcome INTEGER NOT NULL, token TEXT, locked_until INTEGER NOT NULL DEFAULT 0);
        CREATE INDEX feedback_token ON feedback (token);
        CREATE TABLE device_jobs (
            job_id TEXT NOT NULL, device_id TEXT NOT NULL, status INTEGER NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL,
            started INTEGER, ended INTEGER, outcome TEXT, error TEXT,
            PRIMARY KEY (job_id, device_id)) WITHOUT ROWID;
        """,
        """
        CREATE TABLE snapshots (device_id TEXT NOT NULL PRIMARY KEY, at INTEGER NOT NULL, etag TEXT NOT NULL, body BLOB NOT NULL);
        """,
        """
        CREATE TABLE rollout_devices (
            fleet TEXT NOT NULL, device_id TEXT NOT NULL, batch integer NOT NULL, state integer NOT NULL, json TEXT NOT NULL,
            PRIMARY KEY (fleet, device_id)) WITHOUT ROWID;
        """,
    ];
}
