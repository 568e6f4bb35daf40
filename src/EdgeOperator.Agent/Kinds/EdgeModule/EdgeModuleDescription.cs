using System.Collections.Immutable;
using EdgeOperator.Agent.Engine;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.EdgeModule.Compiling;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>A module as people want to see it.</summary>
internal static class EdgeModuleDescription
{
    /// <summary>The detail that names the virtual machine of a module that is not on the host.</summary>
    public const string Target = "target";

    public static ResourceStatus Of(
        EdgeModuleResource module, ObservedEngine engine, ImmutableArray<ModuleObservation> observations, TransferProgress? pull)
    {
        var sighting = observations
            .Where(sighting => sighting.Container.Resource == module.Id)
            .OrderByDescending(sighting => sighting.Container.SpecHash == module.SpecHash)
            .ThenByDescending(sighting => sighting.Container.Name == module.Container.Name)
            .ThenByDescending(sighting => sighting.Container.Created)
            .FirstOrDefault();
        return new()
        {
            Kind = module.Id.Kind,
            Name = module.Id.Name,
            State = State(engine, sighting?.Container, pull),
            Summary = sighting?.Container.Image ?? module.Container.Image,
            Details = Placed(module, sighting is null ? ImmutableSortedDictionary<string, string>.Empty : Details(module, sighting, engine)),
            Progress = pull is { Total: > 0 } ? pull : null,
        };
    }

    private static ImmutableSortedDictionary<string, string> Placed(EdgeModuleResource module, ImmutableSortedDictionary<string, string> details) =>
        EngineTarget.MachineOf(module.Container.Target) is { } machine ? details.SetItem(Target, machine.ToString()) : details;

    private static string State(ObservedEngine engine, ObservedContainer? container, TransferProgress? pull) => (engine, container, pull) switch
    {
        ({ Unavailable: not null }, _, _) => "unknown",
        (_, null, not null) => "pulling",
        (_, null, _) => "missing",
        (_, { Health: ContainerHealth.Unhealthy, Phase: ContainerPhase.Running }, _) => "unhealthy",
        (_, { Health: ContainerHealth.Starting, Phase: ContainerPhase.Running }, _) => "starting",
        _ => container.Phase.ToString().ToLowerInvariant(),
    };

    private static ImmutableSortedDictionary<string, string> Details(EdgeModuleResource module, ModuleObservation sighting, ObservedEngine engine)
    {
        var (listed, inspected, container) = sighting;
        var details = ImmutableSortedDictionary.CreateBuilder<string, string>();
        Add("container", container.Id.Length > 12 ? container.Id[..12] : container.Id);
        Add("containerName", container.Name);
        Add("revision", container.Revision);
        Add("image", container.Image);
        Add("desiredImage", container.Image == module.Container.Image ? null : module.Container.Image);
        Add("imageId", container.ImageId);
        Add("digest", Digest(container, engine));
        Add("address", string.Join(", ", Addresses(listed)));
        Add("ports", string.Join(", ", Ports(listed)));
        Add("networks", string.Join(", ", container.Networks));
        Add("restarts", container.RestartCount.ToString());
        Add("startedAt", ContainerFacts.UnlessNever(inspected?.State?.StartedAt)?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ"));
        Add("finishedAt", container.Phase == ContainerPhase.Running ? null : container.FinishedAt?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ"));
        Add("exitCode", container.ExitCode?.ToString());
        Add("error", inspected?.State?.Error);
        Add("outOfMemory", inspected?.State is { OutOfMemory: true } ? "true" : null);
        Add("health", container.Health == ContainerHealth.None ? null : container.Health.ToString().ToLowerInvariant());
        Add("healthDetail", container.HealthDetail);
        return details.ToImmutable();

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                details[name] = value;
            }
        }
    }

    /// <summary>The digest under which the image's own repository knows it.</summary>
    private static string? Digest(ObservedContainer container, ObservedEngine engine)
    {
        var digests = engine.Images.GetValueOrDefault(container.ImageId)?.Digests ?? [];
        return ImageReference.TryParse(container.Image, out var reference, out _) && reference.Digest is { } asked ? asked : digests.FirstOrDefault();
    }

    private static IEnumerable<string> Addresses(ContainerSummary container) =>
        (container.NetworkSettings?.Networks ?? new Dictionary<string, ContainerEndpoint?>()).Values
        .Select(endpoint => endpoint?.IpAddress).OfType<string>().Where(address => address.Length > 0);

    private static IEnumerable<string> Ports(ContainerSummary container) => (container.Ports ?? []).OfType<PublishedPort>()
        .Where(port => port.PublicPort > 0)
        .Select(port => $"{Bound(port.Ip)}{port.PublicPort}->{port.PrivatePort}/{port.Type ?? "tcp"}")
        .Distinct();

    /// <summary>The address that a port is published on; nothing for all of them.</summary>
    private static string Bound(string? address) => address switch
    {
        null or "" or "0.0.0.0" or "::" => "",
        _ when address.Contains(':', StringComparison.Ordinal) => $"[{address}]:",
        _ => $"{address}:",
    };
}
