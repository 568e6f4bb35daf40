using System.Runtime.CompilerServices;
using EdgeOperator.Core.Artifacts;
using EdgeOperator.Core.Fleets;
using EdgeOperator.Hub.Artifacts;
using EdgeOperator.Hub.Fleets;

namespace EdgeOperator.Hub.Repositories;

/// <summary>What fleets are to be at, and what their devices may have to go back to.</summary>
internal sealed class ReleaseReferences(FleetCatalog catalog, FleetRevisions revisions, RolloutStore rollouts) : IArtifactReferences
{
    public async IAsyncEnumerable<string> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var state in (await revisions.AllAsync(cancellation)).Values)
            if (HashOf(state.Revision) is { } hash)
                yield return hash;
        await foreach (var fleet in catalog.AllAsync(cancellation))
        {
            if (HashOf((await rollouts.FindAsync(fleet.Name, cancellation))?.Revision) is { } current)
                yield return current;
            await foreach (var stored in rollouts.DevicesAsync(fleet.Name, null, null, "", cancellation))
            {
                var device = StoredRollout.ReadDevice(stored.Json);
                foreach (var revision in (string?[])[device.Goal, device.Previous])
                    if (HashOf(revision) is { } hash)
                        yield return hash;
            }
        }
    }

    private static string? HashOf(string? revision) => revision is not null && ArtifactDigest.TryGetHash(FleetRevision.Parse(revision).Digest, out var hash) ? hash : null;
}
