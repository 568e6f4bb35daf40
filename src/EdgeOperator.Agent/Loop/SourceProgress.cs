using System.Collections.Immutable;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Loop;

/// <summary>How far the device is with what each source has delivered: by the revisions' parts, as a source may be ahead of them already.</summary>
/// <param name="partsOf">What a revision was composed of; empty where that is not known.</param>
public sealed class SourceProgress(Func<string, RevisionLedger, ImmutableArray<RevisionPart>> partsOf)
{
    /// <param name="applied">The revision that the device is being kept equal to.</param>
    /// <param name="newest">The newest revision of the sources.</param>
    public ImmutableArray<SourceStatus> Of(ImmutableArray<SourceStatus> sources, RevisionStatus? applied, RevisionStatus? newest, RevisionLedger ledger)
    {
        var inApplied = applied is null ? [] : partsOf(applied.Id, ledger);
        var failed = newest is null || newest.Id == applied?.Id ? null : ledger.Failed.FirstOrDefault(failure => failure.Revision == newest.Id);
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

    private static string? IdOf(ImmutableArray<RevisionPart> parts, string source) => parts.FirstOrDefault(part => part.Source == source)?.Id;
}
