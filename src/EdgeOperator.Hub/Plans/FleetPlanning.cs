using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using EdgeOperator.Core.Artifacts;
using EdgeOperator.Core.Fleets;
using EdgeOperator.Core.Fleets.Plans;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Snapshots;
using EdgeOperator.Core.Twins;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Snapshots;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Plans;

/// <summary>
/// Plans a revision for every device of a fleet from its last snapshot. A page of twins and of snapshots is in memory at a time, whatever the
/// number of devices.
/// </summary>
internal sealed class FleetPlanning(IHubStore store, IArtifactStore artifacts)
{
    private const int PageSize = 200;
    private const string OwnSource = "twin";
    private const string DeploymentModule = "$edgeAgent";

    /// <summary>Other artifacts of twins that are kept unpacked.</summary>
    private const int MostArtifacts = 8;

    /// <param name="files">Of the revision.</param>
    /// <param name="digest">Of the revision's artifact; null when devices fetch the revision themselves.</param>
    /// <param name="size">Of that artifact.</param>
    /// <param name="device">The only one that is planned; null for all of the fleet's.</param>
    /// <exception cref="ServiceException">The fleet does not have this device.</exception>
    public async Task<FleetPlan> PlanAsync(FleetSpec fleet, ImmutableArray<ManifestFile> files, string? digest, long size, string? device, CancellationToken cancellation)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var tally = new FleetPlanTally(digest is null ? null : size);
        var devices = Channel.CreateBounded<PlannedDevice>(new BoundedChannelOptions(PageSize) { SingleWriter = true });
        var reading = device is null ? ReadAsync(fleet, devices.Writer, failed.Token) : ReadOneAsync(fleet, device, devices.Writer, failed.Token);
        var planning = Enumerable.Range(0, Math.Max(1, Environment.ProcessorCount)).Select(_ => PlanEachAsync(fleet.Source, files, digest, devices.Reader, tally, failed.Token)).ToArray();
        try
        {
            await await Task.WhenAny(reading, Task.WhenAll(planning));
            await Task.WhenAll((Task[])[reading, .. planning]);
        }
        catch
        {
            await failed.CancelAsync();
            await Task.WhenAll((Task[])[reading, .. planning]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        return tally.Build();
    }

    private async Task ReadOneAsync(FleetSpec fleet, string name, ChannelWriter<PlannedDevice> devices, CancellationToken cancellation)
    {
        try
        {
            if (await store.FindTwinAsync(new(name), cancellation) is not { } twin || !fleet.Selector.Matches(FleetObservation.LabelsOf(twin.Twin)))
                throw new ServiceException(ServiceError.ResourceNotFound, $"the fleet has no device {name}");
            var deployment = await store.FindTwinAsync(new(name, DeploymentModule), cancellation);
            await devices.WriteAsync(new(name, twin.Twin, deployment?.Twin.Desired.Values, await store.FindSnapshotAsync(name, cancellation)), cancellation);
        }
        finally
        {
            devices.Complete();
        }
    }

    // Both scans are in the order of the devices' names.
    private async Task ReadAsync(FleetSpec fleet, ChannelWriter<PlannedDevice> devices, CancellationToken cancellation)
    {
        try
        {
            await using var deployments = store.AllTwinsAsync(modules: true, PageSize, cancellation).Where(row => row.Identity.Key.ModuleId == DeploymentModule).GetAsyncEnumerator(cancellation);
            var hasDeployment = await deployments.MoveNextAsync();
            IReadOnlyList<TwinRow> twins;
            IdentityKey? after = null;
            while ((twins = await store.ScanTwinsAsync(modules: false, after, PageSize, cancellation)).Count > 0)
            {
                after = twins[^1].Identity.Key;
                var snapshots = await SnapshotsAsync(twins, cancellation);
                foreach (var twin in twins)
                {
                    var name = twin.Identity.Key.DeviceId;
                    JsonObject? deployment = null;
                    while (hasDeployment && string.CompareOrdinal(deployments.Current.Identity.Key.DeviceId, name) <= 0)
                    {
                        deployment = deployments.Current.Identity.Key.DeviceId == name ? deployments.Current.Twin.Desired.Values : null;
                        hasDeployment = await deployments.MoveNextAsync();
                    }

                    if (fleet.Selector.Matches(FleetObservation.LabelsOf(twin.Twin)))
                        await devices.WriteAsync(new(name, twin.Twin, deployment, snapshots.GetValueOrDefault(name)), cancellation);
                }
            }
        }
        finally
        {
            devices.Complete();
        }
    }

    private async Task<Dictionary<string, StoredSnapshot>> SnapshotsAsync(IReadOnlyList<TwinRow> twins, CancellationToken cancellation)
    {
        var found = new Dictionary<string, StoredSnapshot>(StringComparer.Ordinal);
        var (first, last) = (twins[0].Identity.Key.DeviceId, twins[^1].Identity.Key.DeviceId);
        if (await store.FindSnapshotAsync(first, cancellation) is { } snapshot)
            found[first] = snapshot;
        var after = first;
        while (string.CompareOrdinal(after, last) < 0)
        {
            var page = await store.ScanSnapshotsAsync(after, PageSize, cancellation);
            foreach (var one in page)
                if (string.CompareOrdinal(one.DeviceId, last) <= 0)
                    found[one.DeviceId] = one;
            if (page.Count < PageSize)
                break;
            after = page[^1].DeviceId;
        }

        return found;
    }

    private async Task PlanEachAsync(FleetSource source, ImmutableArray<ManifestFile> files, string? digest, ChannelReader<PlannedDevice> devices, FleetPlanTally tally, CancellationToken cancellation)
    {
        var planner = new DevicePlanner(RegisteredKinds.All, "planned", source.TwinName, files);
        var unpacked = new Dictionary<string, ImmutableArray<ManifestFile>>(StringComparer.Ordinal);
        await foreach (var device in devices.ReadAllAsync(cancellation))
        {
            await Task.Yield();
            var (plan, snapshot, reason) = await PlanAsync(planner, source, digest, device, unpacked, cancellation);
            lock (tally)
            {
                if (snapshot is not null)
                    foreach (var (image, observed) in snapshot.Observed.Engine.Images)
                        tally.Know(image, observed.Size);
                if (plan is null)
                    tally.AddUnplanned(device.Name, reason!);
                else
                    tally.Add(device.Name, plan);
            }
        }
    }

    private async Task<(DevicePlan? Plan, DeviceSnapshot? Snapshot, string? Reason)> PlanAsync(
        DevicePlanner planner, FleetSource source, string? digest, PlannedDevice device, Dictionary<string, ImmutableArray<ManifestFile>> unpacked, CancellationToken cancellation)
    {
        if (device.Snapshot is null)
            return (null, null, "it has sent no snapshot of itself yet");
        if (OtherSources(device.Twin, digest is null ? source.TwinName : null) is { } others)
            return (null, null, $"it has sources of its own that the hub does not know: {others}");
        if ((await DeviceSnapshots.ReadAsync(device.Snapshot, cancellation)).Snapshot is not { } snapshot)
            return (null, null, "its snapshot is of a later version than this hub knows");
        var (sources, problem) = TwinSources.Of(device.Twin.Desired.Values);
        if (problem is not null)
            return (DevicePlan.Invalid([problem]), snapshot, null);
        var before = ImmutableArray.CreateBuilder<ManifestSource>();
        var after = ImmutableArray.CreateBuilder<ManifestSource>();
        foreach (var artifact in sources.Artifacts.Where(artifact => artifact.Name != source.TwinName))
        {
            if (await UnpackedAsync(artifact.Hash, unpacked, cancellation) is not { } files)
                return (null, snapshot, $"its artifact {artifact.Name} is not at the hub");

            // In the order of their names, as the device has them.
            (digest is not null && string.CompareOrdinal(artifact.Name, source.TwinName) < 0 ? before : after).Add(new(artifact.Name, files));
        }

        var own = TwinManifests.Of(device.Twin.Desired.Values, device.Deployment);
        var given = own.FirstOrDefault(file => file.Path == TwinDevice.Path);
        if (own.RemoveAll(file => file.Path == TwinDevice.Path) is { IsEmpty: false } manifests)
            after.Add(new(OwnSource, manifests));
        var plan = planner.Plan(snapshot, before.ToImmutable(), after.ToImmutable(), given);
        var has = digest is not null && sources.Artifacts.Any(artifact => artifact.Name == source.TwinName && ArtifactDigest.OfHash(artifact.Hash) == digest);
        return (plan with { NeedsArtifact = digest is not null && !has }, snapshot, null);
    }

    /// <summary>Sources that an agent reports besides its hub; null for none.</summary>
    private static string? OtherSources(Twin twin, string? known)
    {
        var names = ((twin.Reported.Values["edgeoperator"] as JsonObject)?["sources"] as JsonObject ?? []).Select(source => source.Key).Where(name => name != known).ToArray();
        return names.Length > 1 ? string.Join(", ", names) : null;
    }

    private async Task<ImmutableArray<ManifestFile>?> UnpackedAsync(string hash, Dictionary<string, ImmutableArray<ManifestFile>> unpacked, CancellationToken cancellation)
    {
        if (unpacked.TryGetValue(hash, out var known))
            return known;
        if (await artifacts.FindAsync(hash, cancellation) is not { } artifact)
            return null;
        using var package = new MemoryStream();
        await artifacts.CopyAsync(hash, 0, artifact.Size, package, cancellation);
        package.Position = 0;
        if (unpacked.Count == MostArtifacts)
            unpacked.Clear();
        try
        {
            return unpacked[hash] = ArtifactPackage.Read(package, PackageLimits.Default);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private sealed record PlannedDevice(string Name, Twin Twin, JsonObject? Deployment, StoredSnapshot? Snapshot);
}
