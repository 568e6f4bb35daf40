using System.Collections.Immutable;
using EdgeOperator.Agent.Clock;
using EdgeOperator.Agent.Engine;
using EdgeOperator.Agent.Kinds.EdgeModule.Images;
using EdgeOperator.Agent.Kinds.EdgeModule.Images.Verification;
using EdgeOperator.Agent.Kinds.EdgeModule.Probes;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>
/// Reads an engine's content. Four requests when nothing has happened, however many containers there are: single
/// containers are asked for only after an event about them.
/// </summary>
internal sealed class EdgeModuleObserver(
    IContainerEngine engine,
    Ownership ownership,
    ContainerOwnership own,
    InspectCache cache,
    ProbeRunner probes,
    PulledImages pulled,
    ImageAdmission admission,
    ContainerExits exits,
    EndpointChanges endpoints,
    TimeProvider time)
{
    private const int InspectsAtOnce = 8;

    private readonly FailureOutput _output = new(engine);
    private readonly StartTimes _starts = new(time);

    /// <summary>What the last observation was made of, for the status.</summary>
    public ImmutableArray<ModuleObservation> Observations { get; private set; } = [];

    public async Task<ObservedEngine> ObserveAsync(DesiredState desired, CancellationToken cancellation)
    {
        try
        {
            return await ReadAsync(desired, cancellation);
        }
        catch (EngineException e)
        {
            return new() { Unavailable = e.Message };
        }
    }

    private async Task<ObservedEngine> ReadAsync(DesiredState desired, CancellationToken cancellation)
    {
        var listing = engine.ListContainersAsync([], cancellation);
        var imaging = engine.ListImagesAsync(cancellation);
        var networking = engine.ListNetworksAsync(cancellation);
        var volumes = engine.ListVolumesAsync(cancellation);
        await Task.WhenAll(listing, imaging, networking, volumes);

        var networks = await networking;
        var images = Images(await imaging);
        var observations = await ObserveContainersAsync(await listing, (await imaging).DistinctBy(image => image.Id).ToDictionary(image => image.Id, image => image.Labels), cancellation);
        Observations = await WithFailuresAsync([.. WithProbes([.. WithSettings(observations, desired).Select(sighting => WithDrift(sighting, desired))], desired)], cancellation);
        Settle(await listing);
        return new()
        {
            Containers = [.. Observations.Select(sighting => sighting.Container)],
            Images = images,
            PulledImages = pulled.Ids,
            Networks = [.. networks.Select(network => network.Name)],
            OwnedNetworks = [.. networks.Where(network => ownership.Owns(network.Labels)).Select(network => network.Name)],
            Volumes = [.. (await volumes).Select(volume => volume.Name)],
        };
    }

    private async Task<IReadOnlyList<ModuleObservation>> ObserveContainersAsync(
        IReadOnlyList<ContainerSummary> listed, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>?> imageLabels, CancellationToken cancellation)
    {
        cache.Retain(listed.Select(container => container.Id));
        endpoints.Retain(listed.Select(container => container.Id).ToHashSet());
        var observations = new ModuleObservation?[listed.Count];
        var limit = new ParallelOptions { MaxDegreeOfParallelism = InspectsAtOnce, CancellationToken = cancellation };
        await Parallel.ForAsync(0, listed.Count, limit, async (i, token) =>
        {
            var isOwn = own.Owns(listed[i].Id, listed[i].Name, listed[i].Labels, imageLabels.GetValueOrDefault(listed[i].ImageId ?? ""));
            var details = isOwn ? await cache.GetAsync(listed[i], token) : null;
            // One that is owned and yet unknown went away after the list was made.
            if (details is not null || !isOwn)
            {
                observations[i] = new(listed[i], details, ByOurClock(ContainerFacts.Read(listed[i], details, ownership, isOwn)));
            }
        });
        ModuleObservation[] seen = [.. observations.OfType<ModuleObservation>()];
        await ObserveSharedAsync(seen, cancellation);
        _starts.EndLook(listed.Select(container => container.Id));
        return seen;
    }

    /// <summary>Of containers of others it matters when they were started where the agent's own live in their network or namespaces.</summary>
    private async Task ObserveSharedAsync(ModuleObservation[] observations, CancellationToken cancellation)
    {
        var shared = observations.SelectMany(sighting => sighting.Container.SharesWith).ToHashSet();
        for (var i = 0; i < observations.Length; i++)
        {
            if (observations[i] is { Details: null, Listed: var listed } && (shared.Contains(listed.Id) || shared.Contains(listed.Name))
                && await cache.GetAsync(listed, cancellation) is { } details)
            {
                observations[i] = new(listed, details, ByOurClock(ContainerFacts.Read(listed, details, ownership, isOwn: false)));
            }
        }
    }

    /// <summary>Why containers have failed, as far as it can be seen: how they ended, and what they printed last.</summary>
    private async Task<ImmutableArray<ModuleObservation>> WithFailuresAsync(ImmutableArray<ModuleObservation> observations, CancellationToken cancellation)
    {
        var listed = observations.Select(sighting => sighting.Container.Id).ToHashSet();
        exits.Retain(listed);
        _output.Retain(listed);
        var explained = ImmutableArray.CreateBuilder<ModuleObservation>(observations.Length);
        foreach (var sighting in observations)
        {
            var container = sighting.Container.IsOwned ? await _output.ReadAsync(exits.Complete(sighting.Container), sighting.Details, cancellation) : sighting.Container;
            explained.Add(container == sighting.Container ? sighting : sighting with { Container = container });
        }

        return explained.MoveToImmutable();
    }

    private ModuleObservation WithDrift(ModuleObservation sighting, DesiredState desired) =>
        sighting.Container is { Resource: { } resource } container && desired.Resources.GetValueOrDefault(resource) is EdgeModuleResource module
        && DriftOf(module, container) is { } drift
            ? sighting with { Container = container with { Drift = drift } }
            : sighting;

    private string? DriftOf(EdgeModuleResource module, ObservedContainer container) =>
        !admission.Admits(module.Container.Image, container.ImageId) ? "its image is not verified" : null;

    private ObservedContainer ByOurClock(ObservedContainer container) =>
        container.StartedAt is { } started ? container with { StartedAt = _starts.Of(container.Id, started), EngineStartedAt = started, FirstObservedIn = _starts.FirstLookAt(container.Id) } : container;

    /// <summary>What somebody changed of the containers, whether they are desired or not.</summary>
    private IEnumerable<ModuleObservation> WithSettings(IEnumerable<ModuleObservation> observations, DesiredState desired) => observations.Select(sighting =>
    {
        if (sighting.Container is not { Resource: { } resource } container)
            return sighting;
        var actual = ContainerLimits.Of(sighting.Details?.HostConfig);
        var changes = own.Records.ChangesOf(container.Id, ContainerOwnership.Instance(sighting.Listed.Labels), actual, () => Created(resource, container, actual, desired));
        return sighting with { Container = container with { ChangedSettings = changes, ChangedEndpoints = EndpointsOf(resource, sighting, desired) } };
    });

    private ImmutableArray<string> EndpointsOf(ResourceId resource, ModuleObservation sighting, DesiredState desired) =>
        sighting.Details is { } details && desired.Resources.GetValueOrDefault(resource) is EdgeModuleResource module && module.SpecHash == sighting.Container.SpecHash
            ? endpoints.Of(module.Container, details)
            : [];

    /// <summary>What a container that was not seen before was created with, as far as its spec tells.</summary>
    private static ImmutableSortedDictionary<string, string> Created(
        ResourceId resource, ObservedContainer container, ImmutableSortedDictionary<string, string> actual, DesiredState desired) =>
        desired.Resources.GetValueOrDefault(resource) is EdgeModuleResource module && module.SpecHash == container.SpecHash
            ? ContainerLimits.Created(ContainerLimits.Requested(module.Container), actual)
            : actual;

    private void Settle(IReadOnlyList<ContainerSummary> listed)
    {
        try
        {
            own.Records.Settle(listed.Select(container => container.Id).ToHashSet());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What is known holds in memory, and the next observation tries again.
        }
    }

    private IEnumerable<ModuleObservation> WithProbes(IReadOnlyList<ModuleObservation> observations, DesiredState desired)
    {
        var targets = observations.ToDictionary(sighting => sighting, sighting => Target(sighting, desired));
        probes.Probe([.. targets.Values.OfType<ProbeTarget>()]);
        return observations.Select(sighting => targets[sighting] is { } target && probes.StateOf(target) is var state
            ? sighting with { Container = sighting.Container with { Health = state.Health, HealthDetail = state.Detail } }
            : sighting);
    }

    /// <summary>A container is probed as the spec says that it was made for.</summary>
    private static ProbeTarget? Target(ModuleObservation sighting, DesiredState desired) =>
        sighting.Container is { Phase: ContainerPhase.Running, StartedAt: { } startedAt, Resource: { } resource }
        && desired.Resources.GetValueOrDefault(resource) is EdgeModuleResource { Container.Probe: { } probe } module
        && module.SpecHash == sighting.Container.SpecHash
            ? ProbeTarget.For(sighting.Listed, sighting.Details?.HostConfig?.NetworkMode, startedAt, probe)
            : null;

    private ImmutableSortedDictionary<string, ObservedImage> Images(IReadOnlyList<ImageSummary> images)
    {
        var references = ImmutableSortedDictionary.CreateBuilder<string, ObservedImage>(StringComparer.Ordinal);
        foreach (var image in images)
        {
            var observed = new ObservedImage(image.Id, [.. Named(image.RepoDigests).Select(digest => digest[(digest.IndexOf('@') + 1)..]).Distinct()]) { Size = image.Size };
            foreach (var reference in Named(image.RepoTags).Concat(Named(image.RepoDigests)).Where(name => admission.Admits(name, image.Id)).Append(image.Id))
            {
                references[reference] = observed;
            }
        }

        return references.ToImmutable();
    }

    /// <summary>Without what stands for an untagged image, <c>&lt;none&gt;:&lt;none&gt;</c>.</summary>
    private static IEnumerable<string> Named(IReadOnlyList<string?>? references) =>
        (references ?? []).OfType<string>().Where(reference => !reference.StartsWith("<none>", StringComparison.Ordinal));
}
