using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.EdgeModule.Compiling;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Tests.Kinds.EdgeModule.Compiling;

/// <summary>Compiles a module named <c>app</c> whose spec stands in <c>app.json</c>.</summary>
internal sealed class Compiling
{
    private Compiling(EdgeModuleSpec? container, ProblemCollector problems) => (Container, Problems) = (container, problems);

    public EdgeModuleSpec? Container { get; }

    public ProblemCollector Problems { get; }

    /// <summary>The create request; fails the test when there were problems.</summary>
    public JsonObject Body
    {
        get
        {
            Problems.Problems.Should().BeEmpty();
            return (JsonObject)JsonNode.Parse(Container!.CreateBody)!;
        }
    }

    public string Complaints => string.Join('\n', Problems.Problems);

    /// <param name="createOptions">JSON; a text or a mapping.</param>
    public static Compiling With(string createOptions, Func<EdgeModuleFields, EdgeModuleFields>? and = null) =>
        Spec($$"""{"createOptions": {{createOptions}}}""", and);

    public static Compiling Plain(Func<EdgeModuleFields, EdgeModuleFields> and) => Spec("{}", and);

    /// <param name="json">The spec as it stands in the file, for positions and createOptions.</param>
    /// <param name="and">What binding it gives.</param>
    public static Compiling Spec(string json, Func<EdgeModuleFields, EdgeModuleFields>? and = null)
    {
        var problems = new ProblemCollector();
        var node = (MapNode)Node("app.json", json);
        var spec = new EdgeModuleFields { Image = "busybox:1" };
        return new(ContainerCompiler.Compile("app", and?.Invoke(spec) ?? spec, node, problems), problems);
    }

    public static Node Node(string file, string json)
    {
        var problems = new ProblemCollector();
        var node = JsonReader.Read(new(file, Encoding.UTF8.GetBytes(json)), problems);
        problems.Problems.Should().BeEmpty();
        return node!;
    }

    /// <summary>The JSON text of a JSON text.</summary>
    public static string Quoted(string json) => JsonValue.Create(json).ToJsonString();
}
