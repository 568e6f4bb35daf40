using System.Collections.Immutable;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Sources;

/// <summary>
/// Has the sources deliver once more what the device has lost of a revision that it should be kept at. Only the very same is taken: the
/// artifact's id names the content, and the hash of its files is compared where it is known.
/// </summary>
internal sealed class RevisionRecovery(ImmutableArray<TrackedSource> sources, RevisionStore store)
{
    private readonly Lock _gate = new();
    private Lost? _lost;

    /// <summary>Why the revision is not there again, with what to do about it; null when none is lost.</summary>
    public string? Problem
    {
        get
        {
            lock (_gate)
                return _lost?.Problem;
        }
    }

    /// <param name="revision">The id of what is lost; null when nothing is any more.</param>
    /// <param name="parts">What it was composed of, where that is known.</param>
    /// <returns>Whether this is news, so that the sources should be polled.</returns>
    public bool Want(string? revision, ImmutableArray<RevisionPart> parts)
    {
        lock (_gate)
        {
            if (revision == _lost?.Revision)
                return false;

            _lost = revision is null ? null : new(revision, Parts(revision, parts));
            return revision is not null;
        }
    }

    /// <summary>Gets this source's part of what is lost. Not while the source is polled.</summary>
    /// <returns>Whether the revision is whole by it.</returns>
    public async Task<bool> TryAsync(TrackedSource source, CancellationToken cancellation)
    {
        Lost? lost;
        lock (_gate)
            lost = _lost;
        if (lost is null)
            return false;

        foreach (var part in lost.Parts.Where(p => p.Source == source.Name))
            await TryAsync(lost, part, source, cancellation);
        return Complete(lost);
    }

    private async Task TryAsync(Lost lost, LostPart part, TrackedSource source, CancellationToken cancellation)
    {
        if (part.Found is { } found && store.IsWhole(found))
            return;

        var result = await source.FetchAgainAsync(part.Id, cancellation);
        lock (_gate)
        {
            (part.Found, part.Problem) = result switch
            {
                FetchResult.Fetched { Artifact: { } artifact } => Store(artifact, part),
                FetchResult.Failed failed => (null, failed.Message),
                _ => (null, "it has nothing"),
            };
        }
    }

    private (RevisionPart? Found, string? Problem) Store(Artifact artifact, LostPart part)
    {
        try
        {
            return artifact.Id == part.Id
                ? (store.Restore(artifact with { Display = part.Display ?? artifact.Display }, part.Hash), null)
                : throw new InvalidDataException($"what the source delivers is {artifact.Id}");
        }
        catch (Exception e) when (e is InvalidDataException or StorageException)
        {
            return (null, e.Message);
        }
    }

    private bool Complete(Lost lost)
    {
        lock (_gate)
        {
            if (_lost != lost || lost.Parts.IsEmpty || lost.Parts.Any(part => part.Found is null))
                return false;

            try
            {
                store.Restore(lost.Revision, [.. lost.Parts.Select(part => part.Found!)]);
                _lost = null;
                return true;
            }
            catch (Exception e) when (e is InvalidDataException or StorageException)
            {
                lost.Refusal = e.Message;
                return false;
            }
        }
    }

    // The id of a revision of one source is that of its artifact, so that it can be had without any record.
    private ImmutableArray<LostPart> Parts(string revision, ImmutableArray<RevisionPart> known) => known switch
    {
        [] when sources is [var only] => [new(only.Name, revision, null, null)],
        _ => [.. known.Select(part => new LostPart(part.Source, part.Id, part.Display, part.Hash)
        {
            Found = store.IsWhole(part) ? part : null,
            Problem = sources.Any(source => source.Name == part.Source) ? null : "it is no source of this device any more",
        })],
    };

    private sealed record Lost(string Revision, ImmutableArray<LostPart> Parts)
    {
        private const string Advice =
            "What runs is left as it is and not kept equal to it. Put the former content back into the source, commit something newer, or have the newest revision tried again by `edgeop reconcile --retry`";

        private string Name => Parts.Any(part => part.Display is not null) ? string.Join(", ", Parts.Select(part => part.Display)) : Revision;

        /// <summary>Why it can't be kept although all parts are there.</summary>
        public string? Refusal { get; set; }

        public string Problem => Parts switch
        {
            _ when Refusal is not null => $"the files of {Name} are lost, and what the sources deliver is not taken for them: {Refusal}. {Advice}",
            [] => $"the files of {Name} and the record of its sources are lost. {Advice}",
            _ when Parts.FirstOrDefault(part => part.Found is null && part.Problem is not null) is { } failed =>
                $"the files of {Name} are lost, and source {failed.Source} can't deliver them again: {failed.Problem}. {Advice}",
            _ => $"the files of {Name} are lost; the sources are asked for them again",
        };
    }

    private sealed class LostPart(string source, string id, string? display, string? hash)
    {
        public string Source => source;

        public string Id => id;

        public string? Display => display;

        /// <summary>Null when it is not known.</summary>
        public string? Hash => hash;

        /// <summary>As it is stored; null while it is lost.</summary>
        public RevisionPart? Found { get; set; }

        /// <summary>Why the source has not delivered it; null when it has, or was not asked yet.</summary>
        public string? Problem { get; set; }
    }
}
