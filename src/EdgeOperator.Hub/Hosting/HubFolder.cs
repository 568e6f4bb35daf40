using EdgeOperator.Core.Hub;
using EdgeOperator.Hub.Replicas;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Hub.Storage.Postgres;
using EdgeOperator.Hub.Storage.Sqlite;
using EdgeOperator.Platform.Files;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace EdgeOperator.Hub.Hosting;

/// <summary>The data directory (0700): <c>hub.db</c> and <c>artifacts</c> unless PostgreSQL has them, <c>secrets.key</c>, <c>ca.pem</c> and <c>ca.key</c>.</summary>
internal static class HubFolder
{
    /// <exception cref="HubException">Another hub uses it, or it can't be made.</exception>
    public static DirectoryLock Take(HubConfiguration configuration, ILogger logger)
    {
        try
        {
            if (!PrivateFolder.Restrict(configuration.DataDirectory, mark: "hub.lock"))
                HubLog.NotPrivate(logger, configuration.DataDirectory);
            return DirectoryLock.Acquire(configuration.DataDirectory, "hub");
        }
        catch (DirectoryInUseException e)
        {
            throw new HubException($"{e.Message}: stop it first, or give this one a dataDirectory of its own", isInput: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HubException($"the directory {configuration.DataDirectory} can't be used: {e.Message} (dataDirectory)", isInput: false);
        }
    }

    /// <param name="isServer">Whether this process is one that devices connect to.</param>
    /// <exception cref="HubException">The database or the key file can't be used.</exception>
    public static async Task<(IHubStore Store, SecretBox Secrets)> OpenAsync(HubConfiguration configuration, Replica replica, bool isServer, CancellationToken cancellation) =>
        configuration.Storage.Postgresql is { } postgres
            ? await OpenPostgresAsync(postgres, KeyFile(configuration), replica, cancellation)
            : OpenSqlite(configuration, isServer);

    /// <summary>Beside the database, or in it where replicas share it.</summary>
    public static IArtifactStore ArtifactsOf(HubConfiguration configuration, IHubStore store) => store as IArtifactStore ?? new ArtifactFolder(ArtifactsIn(configuration));

    public static string ArtifactsIn(HubConfiguration configuration) => Path.Combine(configuration.DataDirectory, "artifacts");

    private static string KeyFile(HubConfiguration configuration) => Path.Combine(configuration.DataDirectory, "secrets.key");

    private static (IHubStore Store, SecretBox Secrets) OpenSqlite(HubConfiguration configuration, bool isServer)
    {
        var database = Path.Combine(configuration.DataDirectory, "hub.db");
        var keyFile = KeyFile(configuration);

        var isEmpty = new FileInfo(database) is not { Exists: true, Length: > 0 };

        // A new key would be of no use, and hide what is missing.
        if (!File.Exists(keyFile) && !isEmpty)
            throw new HubException($"{keyFile} is missing, and without it the keys in {database} can't be decrypted: restore it from the backup of the directory", isInput: false);

        // The CA is created after it: a new database would have forgotten every device, and have another administrator.
        if (isEmpty && File.Exists(keyFile) && File.Exists(Path.Combine(configuration.DataDirectory, "ca.key")))
            throw new HubException($"{database} is missing or empty, though this hub has run before: restore it from the backup of the directory, or remove {keyFile} to begin without any device", isInput: false);
        try
        {
            var secrets = SecretBox.Open(keyFile);
            return (SqliteStore.Open(database, secrets, isServer), secrets);
        }
        catch (Exception e) when (e is InvalidDataException or SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new HubException($"the database {database} can't be used: {e.Message}", isInput: false);
        }
    }

    private static async Task<(IHubStore Store, SecretBox Secrets)> OpenPostgresAsync(PostgresConfiguration configuration, string keyFile, Replica replica, CancellationToken cancellation)
    {
        var database = Connect(configuration);
        try
        {
            if (!File.Exists(keyFile) && !await PostgresDatabase.IsEmptyAsync(database, cancellation))
                throw new HubException($"{keyFile} is missing, and without it the keys in the database can't be decrypted: copy it together with ca.pem and ca.key from another replica, or from the backup", isInput: false);
            var secrets = SecretBox.Open(keyFile);
            return (await PostgresStore.OpenAsync(database, secrets, replica.Id, cancellation), secrets);
        }
        catch (Exception e) when (e is InvalidDataException or UnauthorizedAccessException || PostgresDatabase.IsFailure(e))
        {
            await database.DisposeAsync();
            throw new HubException($"the PostgreSQL database can't be used: {e.Message} (storage.postgresql)", isInput: false);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <exception cref="HubException">The configuration names what is not there.</exception>
    public static NpgsqlDataSource Connect(PostgresConfiguration configuration)
    {
        try
        {
            return PostgresDatabase.Connect(configuration);
        }
        catch (Exception e) when (e is ArgumentException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new HubException($"the connection to PostgreSQL can't be set up: {e.Message} (storage.postgresql)", isInput: true);
        }
    }
}
