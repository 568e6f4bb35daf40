using System.Collections.Immutable;
using EdgeOperator.Core.State;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Storage;

/// <summary>What was lost of a kept revision, from its sources.</summary>
public sealed partial class RevisionStore
{
    /// <summary>Of a record that was stored again: it is not known when it was composed, and whatever else is kept came after it.</summary>
    private const long BeforeAllOthers = 0;

    /// <summary>What a revision was composed of, by its record; empty when there is none that can be read.</summary>
    public ImmutableArray<RevisionPart> PartsOf(string id)
    {
        lock (_gate)
        {
            return ReadRevision(RevisionPath(id)) is { } stored && stored.Id == id ? stored.Artifacts : [];
        }
    }

    /// <summary>Whether every byte of an artifact is as it was stored.</summary>
    public bool IsWhole(RevisionPart part)
    {
        lock (_gate)
        {
            return ReadArtifact(part) is not null;
        }
    }

    /// <summary>Stores an artifact again, of which the file was lost.</summary>
    /// <param name="hash">Of the file that was lost; null when that is not known, and the artifact's id alone vouches for the content.</param>
    /// <exception cref="InvalidDataException">It is not what was stored before.</exception>
    /// <exception cref="StorageException">Nothing was stored.</exception>
    public RevisionPart Restore(Artifact artifact, string? hash) => Writing(() =>
    {
        if (hash is not null && ArtifactFile.Hash(artifact.Files) != hash)
            throw new InvalidDataException($"what the source delivers as {artifact.Display} is not what it was");

        StateFile.ClearForFile(ArtifactPath(artifact.Id));
        return new RevisionPart(artifact.Source, artifact.Id, artifact.Display, ArtifactFile.Write(ArtifactPath(artifact.Id), artifact.Files));
    });

    /// <summary>Stores a revision's record again, unless it is there.</summary>
    /// <exception cref="InvalidDataException">The artifacts are not what this revision was composed of.</exception>
    /// <exception cref="StorageException">Nothing was stored.</exception>
    public void Restore(string id, ImmutableArray<RevisionPart> parts)
    {
        if (IdOf(parts) != id)
            throw new InvalidDataException("its parts make another revision");
        if (!PartsOf(id).SequenceEqual(parts))
            Writing(() =>
            {
                Write(RevisionPath(id), new StoredRevision(id, DisplayOf(parts), BeforeAllOthers, parts), StoreJson.Default.StoredRevision);
                return id;
            });
    }

    private static string DisplayOf(ImmutableArray<RevisionPart> parts) => string.Join(", ", parts.Select(part => part.Display));
}
