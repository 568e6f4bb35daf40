namespace EdgeOperator.Hub.Storage.Postgres;

/// <summary>The database's schema: a migration for each version, never changed once it is published.</summary>
/// <remarks>
/// Names sort by their bytes, as in SQLite. Twins are text: jsonb would write numbers anew, lose the order of keys and refuse some
/// texts. Reported and desired properties are columns of their own, for an update writes large values anew only where they changed.
/// </remarks>
internal static class PostgresSchema
{
    public static string[] Migrations { get; } =
    [
        """
        CREATE TABLE identities (
            device_id text COLLATE "C" NOT NULL, module_id text COLLATE "C" NOT NULL, generation text NOT NULL, etag text NOT NULL,
            enabled boolean NOT NULL, status_reason text, status_updated bigint, authentication integer NOT NULL,
            primary_key bytea, secondary_key bytea, primary_thumbprint text, secondary_thumbprint text,
            edge boolean NOT NULL, managed_by text,
            PRIMARY KEY (device_id, module_id));
        CREATE TABLE twins (
            device_id text COLLATE "C" NOT NULL, module_id text COLLATE "C" NOT NULL, version bigint NOT NULL, tags text NOT NULL,
            desired text NOT NULL, desired_metadata text NOT NULL, desired_version bigint NOT NULL,
            reported text NOT NULL, reported_metadata text NOT NULL, reported_version bigint NOT NULL,
            PRIMARY KEY (device_id, module_id)) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
        CREATE TABLE twin_tags (
            entry text COLLATE "C" NOT NULL, device_id text COLLATE "C" NOT NULL, module_id text COLLATE "C" NOT NULL,
            PRIMARY KEY (entry, device_id, module_id));
        CREATE INDEX twin_tags_twin ON twin_tags (device_id, module_id);
        CREATE TABLE presence (
            device_id text COLLATE "C" NOT NULL, module_id text COLLATE "C" NOT NULL, connected boolean NOT NULL, epoch bigint NOT NULL,
            subscriptions integer NOT NULL, changed bigint, last_activity bigint, replica text, replaced text,
            PRIMARY KEY (device_id, module_id)) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
        CREATE INDEX presence_connected ON presence (replica) WHERE connected;
        CREATE TABLE replicas (id text PRIMARY KEY, until timestamptz NOT NULL);
        CREATE TABLE changes (
            seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, device_id text COLLATE "C" NOT NULL, module_id text COLLATE "C" NOT NULL,
            kind integer NOT NULL, body text, version bigint NOT NULL, replica text,
            at bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000)::bigint);
        CREATE INDEX changes_at ON changes (at);
        CREATE TABLE messages (
            seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, device_id text COLLATE "C" NOT NULL, properties text NOT NULL, body bytea NOT NULL,
            enqueued bigint NOT NULL, expires bigint NOT NULL, deliveries integer NOT NULL);
        CREATE INDEX messages_device ON messages (device_id, seq);
        CREATE TABLE telemetry (
            seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, device_id text COLLATE "C" NOT NULL, module_id text COLLATE "C" NOT NULL,
            at bigint NOT NULL, properties text NOT NULL, body bytea NOT NULL);
        CREATE INDEX telemetry_device ON telemetry (device_id, seq);
        CREATE TABLE documents (
            kind text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, etag text NOT NULL, json text NOT NULL, label text,
            PRIMARY KEY (kind, id));
        CREATE INDEX documents_label ON documents (kind, label) WHERE label IS NOT NULL;
        CREATE TABLE leases (name text PRIMARY KEY, holder text NOT NULL, term bigint NOT NULL, until timestamptz NOT NULL);
        CREATE TABLE audit (
            seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at bigint NOT NULL, actor text NOT NULL, action text NOT NULL,
            target text NOT NULL, detail text NOT NULL);
        """,
        """
        CREATE TABLE events (
            seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at bigint NOT NULL, type text NOT NULL, device_id text, module_id text,
            actor text, message text NOT NULL, data text);
        """,
        """
        ALTER TABLE twins ADD COLUMN configurations text NOT NULL DEFAULT '{}';
        ALTER TABLE messages ADD COLUMN message_id text, ADD COLUMN ack integer NOT NULL DEFAULT 0;
        CREATE INDEX messages_expires ON messages (expires);
        CREATE TABLE feedback (
            seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, message_id text, device_id text COLLATE "C" NOT NULL, generation text NOT NULL,
            at bigint NOT NULL, outcome integer NOT NULL, token text, locked_until bigint NOT NULL DEFAULT 0);
        CREATE INDEX feedback_token ON feedback (token);
        CREATE TABLE device_jobs (
            job_id text COLLATE "C" NOT NULL, device_id text COLLATE "C" NOT NULL, status integer NOT NULL, created bigint NOT NULL, updated bigint NOT NULL,
            started bigint, ended bigint, outcome text, error text,
            PRIMARY KEY (job_id, device_id));
        """,
        "ALTER TABLE replicas ADD COLUMN address text;",
        """
        CREATE TABLE snapshots (device_id text COLLATE "C" PRIMARY KEY, at bigint NOT NULL, etag text NOT NULL, body bytea NOT NULL);
        ALTER TABLE snapshots ALTER COLUMN body SET STORAGE EXTERNAL;
        CREATE TABLE artifacts (hash text COLLATE "C" PRIMARY KEY, upload uuid NOT NULL UNIQUE, size bigint NOT NULL, used bigint NOT NULL);
        CREATE TABLE artifact_chunks (upload uuid NOT NULL, number integer NOT NULL, at bigint NOT NULL, data bytea NOT NULL, PRIMARY KEY (upload, number));
        ALTER TABLE artifact_chunks ALTER COLUMN data SET STORAGE EXTERNAL;
        """,
        """
        CREATE TABLE rollout_devices (
            fleet text COLLATE "C" NOT NULL, device_id text COLLATE "C" NOT NULL, batch integer NOT NULL, state integer NOT NULL, json text NOT NULL,
            PRIMARY KEY (fleet, device_id));
        """,
    ];
}
