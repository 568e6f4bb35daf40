using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Kinds.EdgeModule.Compiling;

/// <summary>The networks and volumes that a create request needs and that the agent may have to create before.</summary>
public static class EngineObjects
{
    /// <summary>Begins a network, process or IPC mode that is another container's.</summary>
    public const string OfContainer = "container:";

    private static readonly string[] BuiltInNetworks = ["", "default", "bridge", "host", "none", "private", "slirp4netns", "pasta"];

    /// <summary>Networks by name; the engine's own ones and those that name a container or namespace left out.</summary>
    internal static ImmutableArray<string> Networks(JsonObject body) => Sorted(
        body.GetMap("NetworkingConfig", "EndpointsConfig").Select(endpoint => endpoint.Key)
            .Append(body.GetText("HostConfig", "NetworkMode"))
            .Where(name => !BuiltInNetworks.Contains(name) && !name.Contains(':')));

    /// <summary>
    /// Volumes by name. One that asks for a driver or labels of its own is left out, since the engine makes it so when
    /// it creates the container, and a volume made before would be a plain one.
    /// </summary>
    internal static ImmutableArray<string> Volumes(JsonObject body) => Sorted([.. Bound(body), .. Mounted(body)]);

    internal static bool UsesDefaultNetwork(JsonObject body) =>
        body.GetText("HostConfig", "NetworkMode") is "" or "default" or "bridge" && !body.GetMap("NetworkingConfig", "EndpointsConfig").Any();

    /// <summary>The containers, by name, in whose network, process or IPC namespace a container lives.</summary>
    internal static ImmutableArray<string> Joined(JsonObject body) => Sorted(
        new[] { "NetworkMode", "PidMode", "IpcMode" }.Select(name => body.GetText("HostConfig", name))
            .Where(mode => mode.StartsWith(OfContainer, StringComparison.Ordinal)).Select(mode => mode[OfContainer.Length..]));

    /// <summary>The containers, by name, whose volumes a container mounts.</summary>
    internal static ImmutableArray<string> VolumesFrom(JsonObject body) =>
        Sorted(body.GetTexts("HostConfig", "VolumesFrom").Select(from => from.Split(':')[0]));

    private static IEnumerable<string> Bound(JsonObject body) =>
        body.GetText("HostConfig", "VolumeDriver").Length > 0
            ? []
            : body.GetTexts("HostConfig", "Binds").Select(bind => BindMount.Parse(bind)?.Volume).OfType<string>();

    private static IEnumerable<string> Mounted(JsonObject body) =>
        body.GetList("HostConfig", "Mounts").OfType<JsonObject>()
            .Where(mount => mount.GetText("Type") == "volume")
            .Where(mount => mount.Get("VolumeOptions", "DriverConfig") is null && mount.Get("VolumeOptions", "Labels") is null)
            .Select(mount => mount.GetText("Source"))
            .Where(source => source.Length > 0);

    private static ImmutableArray<string> Sorted(IEnumerable<string> names) => [.. names.Distinct().Order(StringComparer.Ordinal)];
}
