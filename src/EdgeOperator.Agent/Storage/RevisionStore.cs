using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using EdgeOperator.Platform.Files;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Storage;

/// <summary>
/// Keeps what the sources delivered on the disk, so that a device runs, restarts and goes back without them:
/// <c>revisions/ID.json</c> names a revision's artifacts, <c>revisions/ID.tar</c> holds an artifact's files, and
/// <c>sources/NAME/newest.json</c> says what a source delivered last. Nothing is kept in memory.
/// </summary>
public sealed partial class RevisionStore(string stateDirectory, ILogger<RevisionStore> logger)
{
    private readonly string _revisions = Path.Combine(stateDirectory, "revisions");
    private readonly string _sources = Path.Combine(stateDirectory, "sources");
    private readonly Lock _gate = new();

    /// <summary>Stores an artifact as the newest of its source; returns when it is on the disk.</summary>
    /// <param name="origin">See <see cref="NewestArtifact.Origin"/>.</param>
    /// <exception cref="StorageException">Nothing was stored; what was there before still is.</exception>
    public NewestArtifact Save(Artifact artifact, string origin, DateTimeOffset fetchedAt) => Writing(() =>
    {
        PrivateFolder.Create(SourceFolder(artifact.Source));
        StateFile.ClearForFile(ArtifactPath(artifact.Id));
        var hash = ArtifactFile.Write(ArtifactPath(artifact.Id), artifact.Files);
        var newest = new NewestArtifact(new(artifact.Source, artifact.Id, artifact.Display, hash), origin, fetchedAt);
        Write(NewestPath(SourceFolder(artifact.Source)), newest, StoreJson.Default.NewestArtifact);
        return newest;
    });

    /// <summary>What a source delivered last, in this run of the agent or an earlier one; null when nothing is left of it.</summary>
    public NewestArtifact? NewestOf(string source)
    {
        lock (_gate)
        {
            return ReadNewest(NewestPath(SourceFolder(source))) is { } newest && Has(newest.Artifact) ? newest : null;
        }
    }

    /// <summary>The same with all of its files, each byte checked.</summary>
    public Artifact? LoadNewest(string source)
    {
        lock (_gate)
        {
            return NewestOf(source) is { } newest ? ReadArtifact(newest.Artifact) : null;
        }
    }

    /// <summary>The id of a source's artifact in the revision that was composed last; null when no revision with the source is kept.</summary>
    public string? LastOf(string source)
    {
        lock (_gate)
        {
            return Revisions().OrderByDescending(r => r.Sequence).SelectMany(r => r.Artifacts).FirstOrDefault(a => a.Source == source)?.Id;
        }
    }

    /// <summary>Whether a revision's record is there; only <see cref="Load"/> checks its content.</summary>
    public bool Has(RevisionStatus revision) => File.Exists(RevisionPath(revision.Id));

    /// <summary>Whether the artifact's file is there; only <see cref="Load"/> checks its content.</summary>
    public bool Has(RevisionPart artifact) => File.Exists(ArtifactPath(artifact.Id));

    /// <summary>Stores the revision that these artifacts make, in the order of the sources.</summary>
    /// <exception cref="StorageException">Nothing was stored; what was there before still is.</exception>
    public RevisionStatus Compose(ImmutableArray<RevisionPart> artifacts) => Writing(() =>
    {
        var latest = Revisions().MaxBy(r => r.Sequence);
        if (latest is null || !latest.Artifacts.SequenceEqual(artifacts))
        {
            latest = new(IdOf(artifacts), DisplayOf(artifacts), (latest?.Sequence ?? 0) + 1, artifacts);
            Write(RevisionPath(latest.Id), latest, StoreJson.Default.StoredRevision);
        }

        return new RevisionStatus(latest.Id, latest.Display);
    });

    /// <summary>Reads a revision and checks every byte of it.</summary>
    /// <returns>
    /// Null when it is not kept, or no longer whole: the damaged part is dropped then, and fetched again by the next poll of
    /// its source.
    /// </returns>
    public Revision? Load(string id)
    {
        lock (_gate)
        {
            if (ReadRevision(RevisionPath(id)) is not { } stored || stored.Id != id)
                return null;

            var artifacts = stored.Artifacts.Select(ReadArtifact).ToArray();
            return artifacts.Contains(null) ? null : new(stored.Id, stored.Display, [.. artifacts!]);
        }
    }

    /// <summary>The revisions that are kept, the one that was composed last first.</summary>
    public ImmutableArray<RevisionStatus> List()
    {
        lock (_gate)
        {
            return [.. from revision in Revisions()
                       where revision.Artifacts.All(Has)
                       orderby revision.Sequence descending
                       select new RevisionStatus(revision.Id, revision.Display)];
        }
    }

    /// <summary>
    /// Removes every revision not named but the one composed last, which whoever asks may not know of yet; and the artifacts
    /// that neither a revision nor a source needs any more.
    /// </summary>
    public void Prune(IReadOnlySet<string> keep)
    {
        lock (_gate)
        {
            var latest = Revisions().MaxBy(r => r.Sequence)?.Id;
            var kept = keep.Append(latest).OfType<string>().Select(RevisionPath).Distinct().Where(File.Exists).ToDictionary(p => p, ReadRevision);
            var newest = SourceFolders().Select(NewestPath).Where(File.Exists).ToDictionary(p => p, ReadNewest);
            var artifacts = kept.Values.SelectMany(r => r?.Artifacts ?? []).Concat(newest.Values.OfType<NewestArtifact>().Select(n => n.Artifact));
            var needed = kept.Keys.Concat(artifacts.Select(a => ArtifactPath(a.Id))).ToHashSet();

            // What can't be read now may be readable later, and then it needs artifacts that only it names.
            if (kept.Any(k => k.Value is null && File.Exists(k.Key)) || newest.Any(n => n.Value is null && File.Exists(n.Key)))
                return;

            // The last are of writes that a crash cut short.
            string[] patterns = ["*.json", "*.tar", ".edgeop-*.tmp"];
            foreach (var file in patterns.SelectMany(p => Files(_revisions, p)).Where(f => !needed.Contains(f)))
                Delete(file);
        }
    }

    /// <summary>Forgets all that was kept of sources that are not named any more.</summary>
    public void RetainSources(IReadOnlySet<string> names)
    {
        lock (_gate)
        {
            var retained = names.Select(SourceFolder).ToHashSet();
            foreach (var folder in SourceFolders().Where(f => !retained.Contains(f)))
                Delete(folder);
        }
    }

    /// <summary>The folder that a source may keep its own things in.</summary>
    public string SourceFolder(string source) => Path.Combine(_sources, FileName(source));

    /// <summary>Where the certificate lies that the device has enrolled for at a twin source; whether it has or not.</summary>
    public static string EnrolledCertificate(string stateDirectory, string source) => Path.Combine(stateDirectory, "sources", FileName(source), "device.pem");

    private static string IdOf(ImmutableArray<RevisionPart> artifacts) => artifacts is [var only]
        ? only.Id
        : Hash(string.Join('\n', artifacts.Select(a => $"{a.Source} {a.Id}")));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..40];

    // An id that does not serve as a file name everywhere is hashed.
    private static string FileName(string id) =>
        id.Length is > 0 and <= 80 && id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') ? id : $"h-{Hash(id)}";

    private string RevisionPath(string id) => Path.Combine(_revisions, $"{FileName(id)}.json");

    private string ArtifactPath(string id) => Path.Combine(_revisions, $"{FileName(id)}.tar");

    private static string NewestPath(string sourceFolder) => Path.Combine(sourceFolder, "newest.json");

    private string[] SourceFolders() => Directory.Exists(_sources) ? Directory.GetDirectories(_sources) : [];

    private IEnumerable<StoredRevision> Revisions() => Files(_revisions, "*.json").Select(ReadRevision).OfType<StoredRevision>();

    private StoredRevision? ReadRevision(string path) => Read(path, StoreJson.Default.StoredRevision, r => !r.Artifacts.Contains(null!));

    private NewestArtifact? ReadNewest(string path) => Read(path, StoreJson.Default.NewestArtifact, _ => true);

    private static string[] Files(string folder, string pattern) => Directory.Exists(folder) ? Directory.GetFiles(folder, pattern) : [];

    private Artifact? ReadArtifact(RevisionPart stored)
    {
        var path = ArtifactPath(stored.Id);
        try
        {
            return new(stored.Source, stored.Id, stored.Display, ArtifactFile.Read(path, stored.Hash));
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            LogDamaged(path, e.Message);
            Delete(path);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogUnreadable(path, e.Message);
            return null;
        }
    }

    private T? Read<T>(string path, JsonTypeInfo<T> type, Func<T, bool> isWhole) where T : class
    {
        try
        {
            return ChecksummedJson.Decode(StateFile.ReadBytes(path), type) is var value && isWhole(value)
                ? value
                : throw new JsonException("it lacks a part");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            LogDamaged(path, e.Message);
            Delete(path);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogUnreadable(path, e.Message);
            return null;
        }
    }

    private static void Write<T>(string path, T value, JsonTypeInfo<T> type)
        where T : class => StateFile.Write(path, value, type);

    private void Delete(string path)
    {
        try
        {
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            else
                File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotDeleted(path, e.Message);
        }
    }

    private T Writing<T>(Func<T> write)
    {
        lock (_gate)
        {
            try
            {
                PrivateFolder.Create(_revisions);
                PrivateFolder.Create(_sources);
                return write();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new StorageException($"{stateDirectory} can't be written: {e.Message}", e);
            }
        }
    }
}
