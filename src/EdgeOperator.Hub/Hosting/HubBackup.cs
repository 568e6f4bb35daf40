using EdgeOperator.Core.Artifacts;
using EdgeOperator.Core.Hub;
using EdgeOperator.Hub.Storage.Sqlite;
using EdgeOperator.Platform.Files;
using Microsoft.Data.Sqlite;

namespace EdgeOperator.Hub.Hosting;

/// <summary>Copies what a hub needs to be the same one elsewhere.</summary>
internal static class HubBackup
{
    private static readonly string[] Files = ["secrets.key", "ca.pem", "ca.key"];

    /// <summary>The keys and the CA, and the database and artifacts unless they are PostgreSQL's. The hub may run meanwhile.</summary>
    /// <exception cref="HubException">There is nothing to copy, the directory is not empty, or something can't be read or written.</exception>
    public static void Make(HubConfiguration configuration, string directory)
    {
        try
        {
            if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any())
                throw new HubException($"the directory {directory} is not empty: name another one", isInput: true);
            PrivateFolder.Create(directory);
            if (configuration.Storage.Postgresql is null)
            {
                SqliteStore.Copy(Path.Combine(configuration.DataDirectory, "hub.db"), Path.Combine(directory, "hub.db"));
                CopyArtifacts(HubFolder.ArtifactsIn(configuration), Path.Combine(directory, "artifacts"));
            }

            CopyKeys(configuration.DataDirectory, directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SqliteException)
        {
            throw new HubException($"the backup of {configuration.DataDirectory} to {directory} failed: {e.Message}", isInput: false);
        }
    }

    /// <summary>Copies the keys and the CA.</summary>
    /// <exception cref="InvalidDataException">There are others in the directory.</exception>
    /// <exception cref="IOException">They can't be read or written.</exception>
    public static void CopyKeys(string from, string to)
    {
        foreach (var file in Files)
        {
            var (bytes, copy) = (File.ReadAllBytes(Path.Combine(from, file)), Path.Combine(to, file));
            if (!File.Exists(copy))
                AtomicFile.Write(copy, bytes);
            else if (!File.ReadAllBytes(copy).AsSpan().SequenceEqual(bytes))
                throw new InvalidDataException($"{copy} is another one than that of {from}");
        }
    }

    // After the database, so that what it names is there; an artifact that is removed meanwhile is named by nothing.
    private static void CopyArtifacts(string folder, string copy)
    {
        if (!Directory.Exists(folder))
            return;
        PrivateFolder.Create(copy);
        foreach (var file in Directory.GetFiles(folder).Where(f => ArtifactDigest.IsHash(Path.GetFileName(f))))
        {
            try
            {
                File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            }
            catch (FileNotFoundException)
            {
                // Removed since, for nothing names it.
            }
        }
    }
}
