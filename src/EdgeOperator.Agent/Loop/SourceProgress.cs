using System.Collections.Immutable;
using EdgeOperator.Core.Artifacts;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using EdgeOperator.Core.Twins;

namespace EdgeOperator.Agent.Loop;

/// <summary>How far the device is with what each source has delivered: by the revisions' parts, as a source may be ahead of them already.</summary>
/// <param name="partsOf">What a revision was composed of; empty where that is not known.</param>
/// <param name="artifactsOf">The artifacts that are in a revision; none where that is not known.</param>
public sealed class SourceProgress(Func<string, RevisionLedger, ImmutableArray<RevisionPart>> partsOf, Func<string, ImmutableArray<TwinArtifact>> artifactsOf)
{
    /// <param name="applied">The revision that the device is being kept equal to.</param>
    /// <param name="newest">The newest revision of the sources.</param>
    public ImmutableArray<SourceStatus> Of(ImmutableArray<SourceStatus> sources, RevisionStatus? applied, RevisionStatus? newest, RevisionLedger ledger)
    {
        var inApplied = applied is null ? [] : partsOf(applied.Id, ledger);
        var failed = FailureOf(newest, applied, ledger);
        var inFailed = failed is null ? [] : partsOf(failed.Revision, ledger);
        return
        [
            .. sources.Select(source => source with
            {
                Applied = IdOf(inApplied, source.Name),
                Failed = IdOf(inFailed, source.Name) is { } revision ? new(revision, failed!.Message) : null,
            }),
        ];
    }

    /// <summary>The artifacts of the newest revision, where the device has given up on it.</summary>
    /// <inheritdoc cref="Of"/>
    public ImmutableArray<(string Name, FailedArtifact Failed)> FailedArtifacts(RevisionStatus? applied, RevisionStatus? newest, RevisionLedger ledger) => FailureOf(newest, applied, ledger) is { } failure
        ? [.. artifactsOf(failure.Revision).Select(artifact => (artifact.Name, new FailedArtifact(artifact.Revision, ArtifactDigest.OfHash(artifact.Hash), failure.Message)))]
        : [];

    private static FailedRevision? FailureOf(RevisionStatus? newest, RevisionStatus? applied, RevisionLedger ledger) =>
        newest is null || newest.Id == applied?.Id ? null : ledger.Failed.FirstOrDefault(failure => failure.Revision == newest.Id);

    private static string? IdOf(ImmutableArray<RevisionPart> parts, string source) => parts.FirstOrDefault(part => part.Source == source)?.Id;
}
