using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Hub;

/// <summary>Reads the hub's own file: one YAML mapping.</summary>
public static class HubConfigurationReader
{
    /// <param name="hostName">What <c>hostName</c> is when the file does not say.</param>
    /// <returns>No configuration exactly when there are problems.</returns>
    public static (HubConfiguration? Configuration, ImmutableArray<Problem> Problems) Read(ManifestFile file, string hostName)
    {
        var problems = new ProblemCollector();
        var documents = YamlReader.Read(file, problems);
        var root = documents.Length == 0 ? new MapNode(new(file.Path, 0, 0), []) : documents[0] as MapNode;
        if (root is null || documents.Length > 1)
            problems.Add(documents[^1].Where, "the hub's own file is not one mapping", "write fields such as `hostName: hub.example.com`");
        var fields = problems.Count == 0 ? HubConfigurationDefinition.Document(hostName).Read(root!, new("", problems)) : null;
        return (problems.Count == 0 ? fields.Deserialize(HubConfigurationJson.Default.HubConfiguration) : null, problems.SortedProblems);
    }

    /// <summary>What the hub is without a file.</summary>
    public static HubConfiguration Default(string hostName) => Read(new("", ReadOnlyMemory<byte>.Empty), hostName).Configuration!;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(HubConfiguration))]
internal sealed partial class HubConfigurationJson : JsonSerializerContext;
