using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Kinds.EdgeModule.IotEdge;

/// <summary>
/// What an Azure IoT Edge deployment manifest says, in the terms of this agent. Manifests are taken as they are: plain,
/// wrapped as a hub exports them (<c>content</c>), layered (<c>properties.desired.modules.NAME</c>), or as the
/// templates that development tools make.
/// </summary>
/// <remarks>
/// The agent does here what edgeAgent does, with the same defaults: modules without a network of their own join
/// <c>azure-iot-edge</c>, where each answers to its name. Of the system modules, edgeHub is a module like others, and
/// edgeAgent is left out: this agent is in its place. Run as a container it would be a second master, or, as here,
/// without a daemon to talk to, it would end at once, and no revision with a deployment manifest could become healthy.
/// </remarks>
public sealed record IotEdgeDeployment
{
    /// <summary>The network that edgeAgent puts modules into.</summary>
    public const string DefaultNetwork = "azure-iot-edge";

    /// <summary>The member of a document that holds the modules' desired properties.</summary>
    internal const string ModulesContent = "modulesContent";

    /// <summary>System modules (but not edgeAgent) first, then modules, each in the order of the file.</summary>
    public required ImmutableArray<EdgeModuleResource> Modules { get; init; }

    public ImmutableArray<RegistryCredential> RegistryCredentials { get; init; } = [];

    /// <summary>Desired properties by module; <c>$edgeHub</c> holds the routes.</summary>
    public ImmutableSortedDictionary<string, JsonObject> DesiredProperties { get; init; } = ImmutableSortedDictionary<string, JsonObject>.Empty;

    /// <summary>Whether a document is a deployment manifest, right or wrong.</summary>
    public static bool Matches(Node document) => Content(document) is not null;

    /// <summary>Reads a document that <see cref="Matches"/>. What is wrong is among the problems; the rest is read nevertheless.</summary>
    /// <param name="built">The path of what a build has made of the document where it is a template; null when there is no such file.</param>
    public static IotEdgeDeployment Read(Node document, RenderContext context, ProblemCollector problems, string? built = null) =>
        new DeploymentReader(context, built, problems).Read((MapNode)document, Content(document)!);

    private static MapEntry? Content(Node document)
    {
        if (document is not MapNode map || map.Find("apiVersion") is not null)
            return null;
        MapNode[] places = map.Entries.FirstOrDefault(entry => entry.Key.Equals("content", StringComparison.OrdinalIgnoreCase))?.Value is MapNode content ? [map, content] : [map];
        return places.Select(place => place.Find(ModulesContent)).FirstOrDefault(entry => entry is not null)
            ?? places.SelectMany(place => place.Entries).FirstOrDefault(IsMisnamed)
            ?? (map.Find(DeploymentReader.Agent) is { } agent ? new MapEntry(DeploymentReader.Agent, agent.KeyWhere, map) : null);
    }

    // What holds `$edgeAgent` can be nothing else.
    private static bool IsMisnamed(MapEntry entry) =>
        entry.Key.Equals(ModulesContent, StringComparison.OrdinalIgnoreCase) || (entry.Value is MapNode map && map.Find(DeploymentReader.Agent) is not null);
}
