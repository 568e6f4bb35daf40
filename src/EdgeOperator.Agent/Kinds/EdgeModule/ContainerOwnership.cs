using EdgeOperator.Agent.Engine;

namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>Tells the agent's own containers from those that only look like it.</summary>
internal sealed class ContainerOwnership(IContainerEngine engine, Ownership ownership, ContainerRecords records)
{
    public ContainerRecords Records => records;

    /// <param name="imageLabels">The labels of the container's image.</param>
    public bool Owns(string id, string? name, IReadOnlyDictionary<string, string>? labels, IReadOnlyDictionary<string, string>? imageLabels) =>
        ownership.Owns(labels) && records.Owns(id, name?.TrimStart('/'), Instance(labels), IsInherited(labels!, imageLabels));

    /// <summary>As the other, for one container; its image is asked for where that counts.</summary>
    public async Task<bool> OwnsAsync(ContainerDetails container, CancellationToken cancellation)
    {
        var labels = container.Config?.Labels;
        if (!ownership.Owns(labels))
            return false;
        var image = container.Image is { } id ? await engine.InspectImageAsync(id, cancellation) : null;
        return Owns(container.Id, container.Name, labels, image?.Labels ?? image?.Config?.Labels);
    }

    public static string? Instance(IReadOnlyDictionary<string, string>? labels) => labels?.GetValueOrDefault(Ownership.Instance);

    /// <summary>Whatever <c>docker run</c> adds, the agent's labels come as they are from an image that was made of a container of the agent's.</summary>
    private static bool IsInherited(IReadOnlyDictionary<string, string> labels, IReadOnlyDictionary<string, string>? imageLabels) =>
        imageLabels?.ContainsKey(Ownership.ManagedBy) is true
        && Ownership.All.All(name => labels.GetValueOrDefault(name) == imageLabels.GetValueOrDefault(name));
}
