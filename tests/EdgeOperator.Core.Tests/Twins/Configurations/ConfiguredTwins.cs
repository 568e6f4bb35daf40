using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Twins;
using EdgeOperator.Core.Twins.Configurations;

namespace EdgeOperator.Core.Tests.Twins.Configurations;

/// <summary>A device with its twins, to which plans are applied as the hub does it.</summary>
internal sealed class ConfiguredTwins(string tags = "{}", bool isEdge = true)
{
    private readonly Dictionary<string, Twin> _twins = new() { [""] = Twin.Initial with { Tags = TwinJson.Object(tags) } };

    public IEnumerable<string> Modules => _twins.Keys.Where(k => k.Length > 0).Order(StringComparer.Ordinal);

    public Twin this[string module] => _twins[module];

    /// <summary>What somebody writes by hand.</summary>
    public void Patch(string module, string? tags, string? desired) =>
        _twins[module] = TwinWrite.Patch(_twins.GetValueOrDefault(module, Twin.Initial), tags is null ? null : TwinJson.Object(tags), desired is null ? null : TwinJson.Object(desired), TwinJson.Now).Twin!;

    public ImmutableArray<ConfiguredTwin> Plan(IEnumerable<Configuration> configurations) => ConfigurationPlanner.Plan(
        configurations,
        new(View(""), isEdge, Modules.ToImmutableSortedDictionary(m => m, View, StringComparer.Ordinal)),
        RegisteredKinds.All.Manifests,
        TwinJson.Now);

    /// <returns>How many twins were written.</returns>
    public int Apply(params IEnumerable<Configuration> configurations)
    {
        var plan = Plan(configurations);
        foreach (var write in plan)
            _twins[write.ModuleId] = write.Twin;
        return plan.Length;
    }

    public string Desired(string module = "") => _twins[module].Desired.Values.ToJsonString();

    /// <summary>Such as <c>base Applied; other Targeted: deployment …</c>.</summary>
    public string States(string module = "") =>
        string.Join("; ", ConfigurationState.ForService(_twins[module].Configurations).Select(s => $"{s.Key} {s.Value!["status"]}{(s.Value["reason"] is { } reason ? $": {reason}" : "")}"));

    /// <summary>Everything but versions and times.</summary>
    public string Everything() => string.Join('\n', _twins.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => $"{t.Key} {Sorted(t.Value.Desired.Values).ToJsonString()} {t.Value.Configurations.ToJsonString()}"));

    public static Configuration Deployment(string id, int priority, string content, string condition = "*", int day = 0) => Read(id, priority, "modulesContent", content, condition, day);

    public static Configuration ForDevices(string id, int priority, string content, string condition = "*", int day = 0) => Read(id, priority, "deviceContent", content, condition, day);

    public static Configuration ForModules(string id, int priority, string content, string condition) => Read(id, priority, "moduleContent", content, condition, 0);

    private static Configuration Read(string id, int priority, string kind, string content, string condition, int day) => Configuration.Read(
        id,
        new() { ["priority"] = priority, ["targetCondition"] = condition, ["content"] = new JsonObject { [kind] = TwinJson.Object(content) } },
        TwinJson.Now.AddDays(day));

    private static JsonObject Sorted(JsonObject map) =>
        new(map.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => KeyValuePair.Create(m.Key, m.Value is JsonObject inner ? Sorted(inner) : m.Value?.DeepClone())));

    private TwinView View(string module)
    {
        var twin = _twins[module];
        return new(twin, new()
        {
            ["deviceId"] = "d1",
            ["moduleId"] = module,
            ["tags"] = twin.Tags.DeepClone(),
            ["properties"] = new JsonObject { ["desired"] = twin.Desired.ForService(), ["reported"] = twin.Reported.ForService() },
        });
    }
}
