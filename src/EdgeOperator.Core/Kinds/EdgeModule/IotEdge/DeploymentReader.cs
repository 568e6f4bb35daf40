using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds.EdgeModule.Compiling;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Kinds.EdgeModule.IotEdge;

/// <summary>Reads a deployment manifest. Fields that it does not know are left to whom they concern.</summary>
/// <param name="built">The path of what a build has made of a template; null when there is no such file.</param>
internal sealed class DeploymentReader(RenderContext context, string? built, ProblemCollector problems)
{
    /// <summary>Whose desired properties list the modules.</summary>
    public const string Agent = "$edgeAgent";

    private const string AgentModule = "edgeAgent";
    private static readonly Version NewestSchema = new(1, 1);

    public IotEdgeDeployment Read(MapNode document, MapEntry content)
    {
        WarnOfName(content);
        WarnOfTarget(document);
        var modules = new Members(content.Value, "modulesContent", problems);
        var isTemplate = document.Find("$schema-template") is not null || document.Where.File.EndsWith(".template.json", StringComparison.OrdinalIgnoreCase);
        var agent = modules[Agent] is { } node
            ? new DeploymentVariables(context, isTemplate, built, problems).Render(Desired(node, Agent))
            : new MapNode(content.KeyWhere, []);
        var properties = new Members(agent, Agent, problems);
        if (modules[Agent] is MapNode full && full.Find("properties.desired") is { } desired)
            CheckSchemaVersion(properties, desired.KeyWhere);

        var settings = properties.In("runtime").In("settings");
        return new()
        {
            Modules = ReadModules(properties, LogConfig(settings)),
            RegistryCredentials = [.. settings.In("registryCredentials").All.Select(Credential).OfType<RegistryCredential>()],
            DesiredProperties = modules.All.Where(entry => entry.Key != Agent).ToImmutableSortedDictionary(
                entry => entry.Key, entry => Desired(entry.Value, entry.Key).ToJson(), StringComparer.Ordinal),
        };
    }

    private void WarnOfTarget(MapNode document)
    {
        if (document.Find("targetCondition") is { Value: ScalarNode { Text.Length: > 0 } } target)
            problems.Warn(target.KeyWhere, "targetCondition has no effect here: every device that reads this file takes it", "give each kind of device a folder of its own");
        if (document.Find("priority") is { Value: ScalarNode { Kind: not ScalarKind.Null } } priority)
            problems.Warn(priority.KeyWhere, "priority has no effect here: every deployment manifest of a source is taken", "keep one that has all modules");
    }

    private void WarnOfName(MapEntry content)
    {
        if (content.Key != IotEdgeDeployment.ModulesContent)
            problems.Warn(content.KeyWhere, $"{Quote.Short(content.Key)} is taken for {IotEdgeDeployment.ModulesContent}, since {Agent} stands in it", $"write `\"{IotEdgeDeployment.ModulesContent}\": {{…}}`");
    }

    private void WarnOfAgent(Members system)
    {
        var module = system.In(AgentModule);
        foreach (var setting in (MapEntry?[])[module.Find("env"), module.In("settings").Find("createOptions")])
            if (setting is { Value: MapNode { Entries.Length: > 0 } or ScalarNode { Text: not ("" or "{}") } })
                problems.Warn(setting.KeyWhere, $"{AgentModule}'s {setting.Key} has no effect: this agent is in its place", "remove it, or keep it for IoT Edge's own runtime");
    }

    private void CheckSchemaVersion(Members properties, Position where)
    {
        var entry = properties.Find("schemaVersion");
        if (entry?.Value is ScalarNode { Kind: ScalarKind.Placeholder })
            return;
        if (entry?.Value is ScalarNode { Text: var text } && Version.TryParse(text, out var version)
            && version.Major == NewestSchema.Major && version <= new Version(NewestSchema.Major, NewestSchema.Minor, 0))
            return;
        problems.Add(
            entry?.Value.Where ?? where,
            entry is null ? "schemaVersion is missing" : $"schemaVersion is {entry.Value.Description}, which is not supported",
            $"write \"1.0\" or \"{NewestSchema}\"");
    }

    private ImmutableArray<EdgeModuleResource> ReadModules(Members properties, JsonObject? logConfig)
    {
        var found = new Dictionary<string, MapEntry>(StringComparer.Ordinal);
        var modules = ImmutableArray.CreateBuilder<EdgeModuleResource>();
        WarnOfAgent(properties.In("systemModules"));
        foreach (var (section, isSystem) in new[] { ("systemModules", true), ("modules", false) })
            foreach (var entry in properties.In(section).All.Where(entry => !isSystem || entry.Key != AgentModule))
            {
                if (!found.TryAdd(entry.Key, entry))
                    problems.Add(entry.KeyWhere, $"the module {Quote.Short(entry.Key)} stands twice", $"remove one of them; the first is at {found[entry.Key].KeyWhere}");
                else if (new DeploymentModule(entry, isSystem, logConfig, problems).Read() is { } module)
                    modules.Add(module);
            }
        return modules.ToImmutable();
    }

    private JsonObject? LogConfig(Members settings)
    {
        var node = settings.Find("loggingOptions")?.Value;
        if (node is ScalarNode { Kind: ScalarKind.String or ScalarKind.Placeholder } text)
            node = EmbeddedJson.Read(text, "loggingOptions", problems);
        return node is MapNode map ? new JsonShapeReader(problems, convert: true).Read(map, CreateRequestSchema.LogConfig, "loggingOptions") as JsonObject : null;
    }

    private RegistryCredential? Credential(MapEntry entry)
    {
        var members = new Members(entry.Value, $"registryCredentials.{entry.Key}", problems);
        var (address, username, password) = (members.Text("address"), members.Text("username"), members.Text("password"));
        if (address is { Length: > 0 } && username is not null && password is not null)
            return new(address, username, password);
        problems.Add(entry.KeyWhere, $"the registry credentials {Quote.Short(entry.Key)} lack address, username or password", "give all three");
        return null;
    }

    /// <summary>The desired properties, with what layers set by a path (<c>properties.desired.modules.NAME</c>) in its place.</summary>
    private MapNode Desired(Node module, string name)
    {
        const string Root = "properties.desired";
        var desired = new MapNode(module.Where, []);
        foreach (var entry in new Members(module, name, problems).All)
        {
            if (entry.Key == Root && entry.Value is MapNode whole)
                desired = new(whole.Where, [.. whole.Entries, .. desired.Entries.Where(e => whole.Find(e.Key) is null)]);
            else if (entry.Key == Root)
                problems.Add(entry.Value.Where, $"{name} has desired properties that are {entry.Value.Description}", "write a mapping");
            else if (entry.Key.StartsWith(Root + ".", StringComparison.Ordinal))
                desired = Put(desired, entry.Key[(Root.Length + 1)..].Split('.'), entry);
        }
        return desired;
    }

    private static MapNode Put(MapNode map, ReadOnlySpan<string> path, MapEntry entry)
    {
        var name = path[0];
        var value = path.Length == 1 ? entry.Value : Put(map[name] as MapNode ?? new MapNode(entry.KeyWhere, []), path[1..], entry);
        return new(map.Where, [.. map.Entries.Where(e => e.Key != name), new(name, entry.KeyWhere, value)]);
    }
}
