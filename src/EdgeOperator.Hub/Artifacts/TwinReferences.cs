using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Artifacts;
using EdgeOperator.Core.Twins;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Artifacts;

/// <summary>What twins desire, and what their devices report to run and to have been good last: they may have to go back to it.</summary>
internal sealed class TwinReferences(IHubStore store) : IArtifactReferences
{
    private const int PageSize = 500;

    public async IAsyncEnumerable<string> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var row in store.AllTwinsAsync(modules: false, PageSize, cancellation))
            foreach (var hash in Of(row.Twin))
                yield return hash;
    }

    private static IEnumerable<string> Of(Twin twin)
    {
        foreach (var artifact in TwinSources.Of(twin.Desired.Values).Sources.Artifacts)
            yield return artifact.Hash;

        // A device may report anything.
        if ((twin.Reported.Values["edgeoperator"] as JsonObject)?["artifacts"] is not JsonObject reported)
            yield break;
        foreach (var (_, revisions) in reported)
            foreach (var (_, revision) in revisions as JsonObject ?? [])
                if (revision is JsonObject && revision["digest"] is JsonValue value && value.TryGetValue<string>(out var digest) && ArtifactDigest.TryGetHash(digest, out var hash))
                    yield return hash;
    }
}
