using System.Text.Json.Nodes;
using EdgeOperator.Agent.Engine;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.EdgeModule.Compiling;

namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>
/// The containers whose network, namespaces or volumes a create request refers to. Engines keep some of these names and replace others by
/// ids; by ids it shows when another container has taken a name.
/// </summary>
internal sealed class ContainerReferences(IContainerEngine engine)
{
    private static readonly string[] Modes = ["NetworkMode", "PidMode", "IpcMode"];

    /// <summary>Replaces the names in a request by ids.</summary>
    /// <returns>The name of a container that does not exist; null when all do.</returns>
    /// <remarks>Engines do not miss all of them before the start, when the container that is replaced has stopped already.</remarks>
    public async Task<string?> ResolveAsync(EdgeModuleSpec spec, CreateRequest request, CancellationToken cancellation)
    {
        if (request.Body["HostConfig"] is not JsonObject host)
        {
            return null;
        }

        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in spec.Joins.Union(spec.VolumesFrom))
        {
            if (await engine.InspectContainerAsync(name, cancellation) is not { } container)
            {
                return name;
            }

            ids[name] = container.Id;
        }

        foreach (var mode in Modes)
        {
            if ((string?)host[mode] is { } value && value.StartsWith(EngineObjects.OfContainer, StringComparison.Ordinal)
                && ids.TryGetValue(value[EngineObjects.OfContainer.Length..], out var id))
            {
                host[mode] = EngineObjects.OfContainer + id;
            }
        }

        var sources = host["VolumesFrom"] as JsonArray;
        for (var i = 0; i < sources?.Count; i++)
        {
            if (((string?)sources[i])?.Split(':', 2) is [var name, .. var access] && ids.TryGetValue(name, out var id))
            {
                sources[i] = string.Join(':', [id, .. access]);
            }
        }

        return null;
    }
}
