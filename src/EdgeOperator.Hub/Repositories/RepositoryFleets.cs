using System.Collections.Immutable;
using EdgeOperator.Core.Fleets;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Repositories;
using EdgeOperator.Git;
using EdgeOperator.Git.Tree;
using EdgeOperator.Hub.Fleets;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Repositories;

/// <summary>Keeps the fleets that come from a repository equal to what that has.</summary>
internal sealed class RepositoryFleets(IHubStore store, FleetCatalog catalog, RolloutStore rollouts, FleetRevisions revisions)
{
    private const int PageSize = 500;

    /// <summary>Reads the fleets of a folder.</summary>
    /// <exception cref="FetchException">Not all of them can be understood.</exception>
    public static ImmutableArray<HubManifest> Read(ImmutableArray<ManifestFile> files, string repository)
    {
        var (fleets, problems) = HubManifests.ReadFleets(RegisteredKinds.All.Manifests, files, repository);
        return problems is [var first, ..]
            ? throw new FetchException("InvalidFleet", problems.Length == 1 ? first.ToString() : $"{problems.Length} problems, the first: {first}")
            : fleets;
    }

    /// <summary>What applying fleets would take away.</summary>
    /// <exception cref="FetchException">None would be left.</exception>
    public async Task<ReadRemovals> RemovalsAsync(ImmutableArray<HubManifest> wanted, string repository, CancellationToken cancellation)
    {
        var owned = await OwnedAsync(repository, cancellation);
        if (owned.Count == 0)
            return ReadRemovals.None;
        if (wanted.IsEmpty)
            throw new FetchException("EmptyRead", $"there is no Fleet in it any more, and {owned.Count} came from it: nothing is removed. To let go of them all, delete the Repository, and then the fleets");
        var removed = owned.Where(fleet => !wanted.Any(one => one.Name == fleet.Name)).Select(fleet => fleet.Name).ToArray();
        var before = owned.Select(SelectorOf).OfType<DeviceSelector>().ToArray();
        var after = wanted.Select(fleet => fleet.Fleet!.Selector).ToArray();
        var (devices, released) = (0, 0);
        await foreach (var row in store.AllTwinsAsync(modules: false, PageSize, cancellation))
        {
            var labels = FleetObservation.LabelsOf(row.Twin);
            if (!before.Any(selector => selector.Matches(labels)))
                continue;
            devices++;
            if (!after.Any(selector => selector.Matches(labels)))
                released++;
        }

        return new(owned.Count, removed, devices, released);
    }

    /// <summary>Makes and changes fleets, and removes those that are not wanted any more.</summary>
    /// <param name="folder">Where they stand in the repository.</param>
    /// <returns>What could not be done, because it is somebody else's; null for nothing.</returns>
    public async Task<string?> ApplyAsync(ImmutableArray<HubManifest> wanted, string repository, string folder, LeadershipTerm fence, CancellationToken cancellation)
    {
        var taken = new List<string>();
        foreach (var fleet in wanted)
            if (await catalog.TakeAsync(fleet.Name, fleet.Written, new(repository, TreePath.Join(folder, fleet.Origin.File)), fence, cancellation) is null)
                taken.Add(await catalog.FindAsync(fleet.Name, cancellation) is { } there ? FleetCatalog.Owned(there).Message : $"Fleet/{fleet.Name} could not be written");
        foreach (var fleet in await OwnedAsync(repository, cancellation))
            if (!wanted.Any(one => one.Name == fleet.Name) && await catalog.RemoveAsync(fleet.Name, fleet.Owner, cancellation))
            {
                await rollouts.RemoveAsync(fleet.Name, cancellation);
                await revisions.RemoveAsync(fleet.Name, cancellation);
            }

        return taken.Count == 0 ? null : string.Join("; ", taken);
    }

    private Task<List<StoredFleet>> OwnedAsync(string repository, CancellationToken cancellation) =>
        catalog.AllAsync(cancellation).Where(fleet => fleet.Owner?.Repository == repository).ToListAsync(cancellation).AsTask();

    private static DeviceSelector? SelectorOf(StoredFleet fleet)
    {
        try
        {
            return fleet.Fleet.Selector;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
