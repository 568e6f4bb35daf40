using EdgeOperator.Core.Hub;
using EdgeOperator.Hub.Replicas;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Hub.Storage.Postgres;
using Microsoft.Data.Sqlite;

namespace EdgeOperator.Hub.Hosting;

/// <summary>Copies a hub from SQLite to PostgreSQL: what it knows, its artifacts, and its keys where the data directory is another one.</summary>
internal static class StoreMove
{
    /// <returns>What was copied, in words.</returns>
    /// <exception cref="HubException">A hub runs on either, the target is not empty, or something can't be read or written.</exception>
    public static async Task<string> RunAsync(HubConfiguration from, HubConfiguration to, ILogger log, CancellationToken cancellation)
    {
        if (from.Storage.Postgresql is not null || to.Storage.Postgresql is not { } postgres)
            throw new HubException("a hub is copied from SQLite to PostgreSQL: --config is the file without `storage`, and the other one has storage.postgresql", isInput: true);
        var path = Path.Combine(from.DataDirectory, "hub.db");
        if (!File.Exists(path))
            throw new HubException($"there is no database {path} (dataDirectory)", isInput: true);
        using var mine = HubFolder.Take(from, log);
        using var other = to.DataDirectory == from.DataDirectory ? null : HubFolder.Take(to, log);
        try
        {
            if (to.DataDirectory != from.DataDirectory)
                HubBackup.CopyKeys(from.DataDirectory, to.DataDirectory);

            // Both have the schema of this version then.
            var (before, secrets) = await HubFolder.OpenAsync(from, Replica.New(), isServer: false, cancellation);
            using var keys = secrets;
            await using var source = before;
            var (after, sameSecrets) = await HubFolder.OpenAsync(to, Replica.New(), isServer: false, cancellation);
            using var sameKeys = sameSecrets;
            await using var target = after;
            await using var database = HubFolder.Connect(postgres);
            var rows = await PostgresImport.RunAsync(database, path, cancellation);
            var artifacts = await ArtifactCopy.RunAsync(HubFolder.ArtifactsOf(from, before), HubFolder.ArtifactsOf(to, after), cancellation);
            return $"{rows["identities"]} devices and modules, {rows["telemetry"]} messages of devices, {rows["documents"]} documents (users, enrollments, configurations, jobs) and {artifacts} artifacts";
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or StoreException or SqliteException || PostgresDatabase.IsFailure(e))
        {
            throw new HubException($"the hub in {from.DataDirectory} is not copied: {e.Message}", isInput: e is InvalidDataException);
        }
    }
}
