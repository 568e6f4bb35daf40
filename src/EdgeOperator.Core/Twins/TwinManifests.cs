using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Twins;

/// <summary>The manifests in a device's twin, as files of a source.</summary>
/// <remarks>
/// <c>properties.desired.edgeoperator.manifests</c> holds specs by <c>Kind/name</c>; the desired properties of the module
/// <c>$edgeAgent</c> are an IoT Edge deployment. What is in neither form is left alone: a twin belongs to others too.
/// </remarks>
public static class TwinManifests
{
    /// <param name="desired">Of the device.</param>
    /// <param name="edgeAgent">Desired properties of <c>$edgeAgent</c>; null when the device has no such module.</param>
    public static ImmutableArray<ManifestFile> Of(JsonObject desired, JsonObject? edgeAgent)
    {
        var files = ImmutableArray.CreateBuilder<ManifestFile>();
        files.AddRange(FilesOf(SpecsOf(desired)).Select(f => f.File));
        if (edgeAgent is not null && Deployment(edgeAgent) is { } deployment)
            files.Add(File("deployment.json", deployment));
        if (TwinDevice.FileOf(desired) is { } device)
            files.Add(device);
        return files.ToImmutable();
    }

    /// <summary>Specs by <c>Kind/name</c>; empty when there are none in this form.</summary>
    internal static JsonObject SpecsOf(JsonObject desired) => (desired["edgeoperator"] as JsonObject)?["manifests"] as JsonObject ?? [];

    /// <summary>Each spec as a file of its own, in the order of their names.</summary>
    internal static ImmutableArray<(string Name, ManifestFile File)> FilesOf(JsonObject specs) =>
        [.. specs.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => (m.Key, File($"{m.Key.Replace('/', '-')}.json", Manifest(m.Key, m.Value))))];

    // A name without a slash becomes a manifest that says so when it is checked.
    private static JsonObject Manifest(string name, JsonNode? spec) => new()
    {
        ["apiVersion"] = KindNames.ApiVersion,
        ["kind"] = name.Split('/', 2)[0],
        ["metadata"] = new JsonObject { ["name"] = name.Contains('/') ? name.Split('/', 2)[1] : "" },
        ["spec"] = spec?.DeepClone(),
    };

    private static JsonObject? Deployment(JsonObject edgeAgent)
    {
        if (!edgeAgent.ContainsKey("modules") && !edgeAgent.ContainsKey("systemModules"))
            return null;
        var desired = edgeAgent.DeepClone().AsObject();
        desired.Remove("$version");
        return new() { ["modulesContent"] = new JsonObject { ["$edgeAgent"] = new JsonObject { ["properties.desired"] = desired } } };
    }

    private static ManifestFile File(string path, JsonObject content) => new(path, Encoding.UTF8.GetBytes(content.ToJsonString()));
}
