using System.Collections.Immutable;
using System.Security.Cryptography;
using EdgeOperator.Core.Artifacts;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Twins;
using EdgeOperator.Git;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Sources.Twin;

/// <summary>
/// Artifacts that a twin names, on the disk: whole ones under their hash, and what has come of others, so that a download goes on where it
/// was cut short. Only what has the right hash is whole.
/// </summary>
internal sealed class ArtifactCache(string folder)
{
    private const string Partial = ".part";

    private static readonly PackageLimits Limits = PackageLimits.Default;

    /// <summary>The files in an artifact.</summary>
    /// <returns>Null when it is not there, or damaged; then nothing is left of it.</returns>
    /// <exception cref="FetchException">It is no package, or holds what none may.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public ImmutableArray<ManifestFile>? Read(TwinArtifact artifact)
    {
        var path = PathOf(artifact.Hash);
        if (!File.Exists(path))
            return null;
        using (var file = StateFile.OpenRead(path))
        {
            if (Convert.ToHexStringLower(SHA256.HashData(file)) == artifact.Hash)
            {
                file.Position = 0;
                return Unpack(artifact, file);
            }
        }

        File.Delete(path);
        return null;
    }

    /// <summary>Where a download goes on: a file that is opened at its end, for this download alone.</summary>
    /// <exception cref="IOException">It can't be opened.</exception>
    public FileStream OpenPartial(string hash)
    {
        PrivateFolder.Create(folder);
        StateFile.ClearForFile(PathOf(hash) + Partial);
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = AtomicFile.Private;
        var file = new FileStream(PathOf(hash) + Partial, options);
        file.Position = file.Length;
        return file;
    }

    /// <summary>Takes what has been downloaded, if it is what it should be; otherwise it is removed.</summary>
    /// <returns>The hash that it has.</returns>
    /// <exception cref="IOException">It can't be written.</exception>
    public string Complete(string hash, FileStream partial)
    {
        partial.Position = 0;
        var actual = Convert.ToHexStringLower(SHA256.HashData(partial));
        if (actual == hash)
            partial.Flush(flushToDisk: true);
        var path = partial.Name;
        partial.Dispose();
        if (actual == hash)
        {
            File.Move(path, PathOf(hash), overwrite: true);
            AtomicFile.SyncFolder(folder);
        }
        else
        {
            File.Delete(path);
        }

        return actual;
    }

    /// <summary>Removes all others, and what was begun of them.</summary>
    /// <exception cref="IOException">They can't be removed.</exception>
    public void Retain(IEnumerable<TwinArtifact> artifacts)
    {
        if (!Directory.Exists(folder))
            return;
        var kept = artifacts.SelectMany(a => (string[])[PathOf(a.Hash), PathOf(a.Hash) + Partial]).ToHashSet(StringComparer.Ordinal);
        foreach (var file in Directory.GetFiles(folder).Where(f => !kept.Contains(f)))
            File.Delete(file);
    }

    private static ImmutableArray<ManifestFile> Unpack(TwinArtifact artifact, Stream file)
    {
        try
        {
            return ArtifactPackage.Read(file, Limits);
        }
        catch (InvalidDataException e)
        {
            throw new FetchException(FetchReasons.Refused, $"the artifact {artifact.Name} ({artifact.Revision}) can't be used: {e.Message}");
        }
    }

    private string PathOf(string hash) => Path.Combine(folder, hash);
}
