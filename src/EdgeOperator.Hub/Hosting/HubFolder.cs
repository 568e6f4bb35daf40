using EdgeOperator.Core.Hub;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Hub.Storage.Sqlite;
using EdgeOperator.Platform.Files;
using Microsoft.Data.Sqlite;

namespace EdgeOperator.Hub.Hosting;

/// <summary>The data directory (0700): <c>hub.db</c>, <c>secrets.key</c>, <c>ca.pem</c> and <c>ca.key</c>. A backup is a copy of all of them.</summary>
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

    /// <exception cref="HubException">The database or the key file can't be used.</exception>
    public static (SqliteStore Store, SecretBox Secrets) Open(HubConfiguration configuration, bool isServer)
    {
        var database = Path.Combine(configuration.DataDirectory, "hub.db");
        var keyFile = Path.Combine(configuration.DataDirectory, "secrets.key");

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
}
