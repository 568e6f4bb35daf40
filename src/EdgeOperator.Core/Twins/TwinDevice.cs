using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Twins;

/// <summary>
/// Labels and variables that a twin gives its device: <c>properties.desired.edgeoperator.labels</c> and <c>.vars</c>. They travel as one more file of
/// the source, so that a revision has all that it was made of: offline, and when the device goes back to it.
/// </summary>
public static class TwinDevice
{
    /// <summary>The file's path. No file of a repository or folder can have it.</summary>
    public const string Path = "/twin/device.json";

    private static readonly ObjectType Definition = new(
        new("labels", new MapType(Names.LabelKey, Names.LabelValue), "Labels for selectors.") { Default = "{}" },
        new("vars", new MapType(Names.VariableKey, TextType.Any), "Values of the device's own.") { Default = "{}" });

    /// <returns>Null when the twin has neither.</returns>
    public static ManifestFile? FileOf(JsonObject desired)
    {
        var own = desired["edgeoperator"] as JsonObject;
        var content = new JsonObject();
        foreach (var name in (ReadOnlySpan<string>)["labels", "vars"])
            if (own?[name] is { } value and not JsonObject { Count: 0 })
                content[name] = value.DeepClone();
        return content.Count == 0 ? null : new(Path, Encoding.UTF8.GetBytes(content.ToJsonString()));
    }

    /// <summary>Whether devices take labels.</summary>
    /// <param name="labels">Those without a value are to be removed, whatever their keys are.</param>
    /// <returns>What is wrong with one of them, and what to do about it; null for nothing.</returns>
    public static string? ProblemOf(IEnumerable<KeyValuePair<string, JsonNode?>> labels)
    {
        var problems = new ProblemCollector();
        var given = new JsonObject { ["labels"] = new JsonObject(labels.Where(label => label.Value is not null).Select(label => KeyValuePair.Create(label.Key, label.Value?.DeepClone()))) };
        if (JsonReader.Read(new(Path, Encoding.UTF8.GetBytes(given.ToJsonString())), problems) is { } root)
            Definition.Read(root, new("", problems));
        return problems.Problems.FirstOrDefault() is { } problem ? $"{problem.What}: {problem.Fix}" : null;
    }

    /// <summary>A device with what twins give it on top of its own.</summary>
    /// <param name="files">In ascending precedence.</param>
    public static DeviceIdentity Applied(DeviceIdentity device, IEnumerable<ManifestFile> files, ProblemCollector problems)
    {
        foreach (var file in files)
        {
            if (JsonReader.Read(file, problems) is not { } root || Definition.Read(root, new("", problems)) is not JsonObject content)
                continue;
            device = device with { Labels = With(device.Labels, content["labels"]), Vars = With(device.Vars, content["vars"]) };
        }

        return device;
    }

    private static ImmutableSortedDictionary<string, string> With(ImmutableSortedDictionary<string, string> values, JsonNode? given) =>
        values.SetItems((given as JsonObject ?? []).Select(entry => KeyValuePair.Create(entry.Key, entry.Value!.ToString())));
}
