using System.Text;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Tests.Manifests.Nodes;

/// <summary>Parses texts, or refuses them, as a file named <c>f</c>.</summary>
internal static class Parsing
{
    public static string[] Yaml(string text)
    {
        var problems = new ProblemCollector();
        var documents = YamlReader.Read(File(text), problems);
        problems.Problems.Should().BeEmpty();
        return [.. documents.Select(Json)];
    }

    public static MapNode YamlMap(string text) => (MapNode)YamlReader.Read(File(text), new()).Single();

    public static string Json(string text)
    {
        var problems = new ProblemCollector();
        var node = JsonReader.Read(File(text), problems);
        problems.Problems.Should().BeEmpty();
        return Json(node!);
    }

    public static string YamlProblems(string text) => YamlProblems(Encoding.UTF8.GetBytes(text));

    public static string YamlProblems(byte[] bytes)
    {
        var problems = new ProblemCollector();
        YamlReader.Read(new("f", bytes), problems);
        return string.Join('\n', problems.Problems);
    }

    public static string JsonProblems(string text) => JsonProblems(Encoding.UTF8.GetBytes(text));

    public static string JsonProblems(byte[] bytes)
    {
        var problems = new ProblemCollector();
        JsonReader.Read(new("f", bytes), problems);
        return string.Join('\n', problems.Problems);
    }

    private static ManifestFile File(string text) => new("f", Encoding.UTF8.GetBytes(text));

    private static string Json(Node node) => node.ToJson()?.ToJsonString(Relaxed) ?? "null";

    private static readonly System.Text.Json.JsonSerializerOptions Relaxed = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
