using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests.Definitions;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Reading;

namespace EdgeOperator.Core.Manifests;

/// <summary>What came of reading the agent's own file.</summary>
/// <param name="Configuration">Null exactly when there are problems.</param>
public sealed record AgentConfigurationResult(
    AgentConfiguration? Configuration,
    ImmutableArray<Problem> Problems,
    ImmutableArray<Problem> Warnings);

/// <summary>Reads the agent's own file: one <c>AgentConfiguration</c>, in YAML or (by the file's name) in JSON, without variables.</summary>
public static class AgentConfigurationReader
{
    public static AgentConfigurationResult Read(ManifestFile file)
    {
        var problems = new ProblemCollector();
        var fields = Fields(file, problems);
        var configuration = problems.Count == 0 ? AgentConfigurationBinder.Bind(fields!, file.Path) : null;
        return new(configuration, problems.SortedProblems, problems.SortedWarnings);
    }

    private static AgentFields? Fields(ManifestFile file, ProblemCollector problems)
    {
        if (Document(file, problems) is not { } document || Envelope.Open(document, RegisteredKinds.All.Manifests, problems) is not { } definition)
            return null;
        if (definition.Kind != KindNames.AgentConfiguration)
        {
            problems.Add(document.Where, $"the agent's own file holds a manifest of kind {definition.Kind}", $"write `kind: {KindNames.AgentConfiguration}`; other kinds belong into a source");
            return null;
        }
        CheckSourceNames(document, problems);
        if (document["spec"] is MapNode spec)
            new UnusedSettings(problems).Run(spec);
        CheckPublishing(document, problems);
        CheckHubs(document, problems);
        return definition.Document.Read(document, new("", problems))?["spec"].Deserialize(ManifestJson.Default.AgentFields);
    }

    private static MapNode? Document(ManifestFile file, ProblemCollector problems)
    {
        var isJson = file.Path.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
        ImmutableArray<Node> documents = !isJson ? YamlReader.Read(file, problems) : JsonReader.Read(file, problems) is { } root ? [root] : [];
        if (documents.Length > 1)
            problems.Add(documents[1].Where, "the agent's own file holds more than one document", "keep one");
        if (problems.Count == 0 && documents is not [MapNode])
            problems.Add(new(file.Path, 0, 0), "the agent's own file holds no manifest", $"start with `apiVersion: {KindNames.ApiVersion}` and `kind: {KindNames.AgentConfiguration}`");
        return problems.Count == 0 ? (MapNode)documents[0] : null;
    }

    private static void CheckPublishing(MapNode document, ProblemCollector problems)
    {
        if (((document["spec"] as MapNode)?["functions"] as MapNode)?["publishing"] is MapNode publishing
            && publishing.Given("address") is ScalarNode address && IPAddress.TryParse(address.Text, out var ip) && !IPAddress.IsLoopback(ip)
            && publishing.Given("certificateFile") is null)
            problems.Add(address.Where, "passwords of publishers would cross the network in clear text", "add `certificateFile`, or listen on 127.0.0.1");
    }

    // Either the file names the hub, or a provisioning service does.
    private static void CheckHubs(MapNode document, ProblemCollector problems)
    {
        if ((document["spec"] as MapNode)?["sources"] is not ListNode sources)
            return;
        foreach (var twin in sources.Items.OfType<MapNode>().Select(source => source.Given("twin")).OfType<MapNode>())
        {
            var isProvisioned = (twin.Given("auth") as MapNode)?.Given("dps") is not null;
            if (!isProvisioned && twin.Given("hub") is null)
                problems.Add(twin.Where, "the twin has no hub", "add `hub` with the hub's host name, or `auth.dps` with a provisioning service");
            if (isProvisioned && twin.Find("hub") is { } hub && twin.Given("hub") is not null)
                problems.Add(hub.KeyWhere, "the provisioning service names the hub", "remove `hub`, or `auth.dps`");
        }
    }

    private static void CheckSourceNames(MapNode document, ProblemCollector problems)
    {
        if ((document["spec"] as MapNode)?["sources"] is not ListNode sources)
            return;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var source in sources.Items.OfType<MapNode>())
        {
            var name = source.Given("name") is ScalarNode given ? given.Text : source.Given("git") is not null ? "git" : source.Given("twin") is not null ? "twin" : "directory";
            if (!names.Add(name))
                problems.Add(source.Where, $"two sources have the name {Quote.Short(name)}", "give each source a `name` of its own");
        }
    }
}
