using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>The labels by which an agent knows again what it made. What does not carry its owner's label is not touched.</summary>
public sealed class Ownership(string owner)
{
    public const string ManagedBy = "edgeoperator.io/managed-by";
    public const string ResourceLabel = "edgeoperator.io/resource";
    public const string SpecHash = "edgeoperator.io/spec-hash";
    public const string Revision = "edgeoperator.io/revision";

    /// <summary>The reference of the image, on a container that was created from the image's id.</summary>
    public const string Image = "edgeoperator.io/image";
    public const string Prune = "edgeoperator.io/prune";
    public const string Disabled = "disabled";

    /// <summary>Unlike any other container's: <see cref="ContainerRecords"/>.</summary>
    public const string Instance = "edgeoperator.io/instance";

    /// <summary>Labels that every container has, and no two containers have alike.</summary>
    internal static readonly string[] All = [ManagedBy, ResourceLabel, SpecHash, Revision, Instance];

    public Dictionary<string, string> For(ResourceId resource, string revision) => new()
    {
        [ManagedBy] = owner,
        [ResourceLabel] = resource.ToString(),
        [Revision] = revision,
    };

    /// <summary>Filters that match the containers made for one spec of a resource.</summary>
    public IEnumerable<string> Filter(ResourceId resource, string? specHash = null)
    {
        yield return $"{ManagedBy}={owner}";
        yield return $"{ResourceLabel}={resource}";
        if (specHash is not null)
        {
            yield return $"{SpecHash}={specHash}";
        }
    }

    public bool Owns(IReadOnlyDictionary<string, string>? labels) => labels?.GetValueOrDefault(ManagedBy) == owner;

    /// <summary>The resource that something was made for; null when this agent did not make it.</summary>
    public ResourceId? ResourceOf(IReadOnlyDictionary<string, string>? labels) =>
        Owns(labels) && ResourceId.TryParse(labels!.GetValueOrDefault(ResourceLabel), out var resource) ? resource : null;
}
