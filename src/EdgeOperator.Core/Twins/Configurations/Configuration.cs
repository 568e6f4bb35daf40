using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Protocol.Hub;

namespace EdgeOperator.Core.Twins.Configurations;

/// <summary>
/// A configuration of IoT Hub's automatic device management: whom it is for, how much it counts, and what it sets. Source of its form:
/// https://learn.microsoft.com/azure/iot-hub/iot-hub-automatic-device-management
/// </summary>
/// <param name="Content">Settings by module; by the empty name for <see cref="ConfigurationKind.Devices"/> and <see cref="ConfigurationKind.Modules"/>.</param>
public sealed record Configuration(
    string Id, ConfigurationKind Kind, int Priority, DateTimeOffset Created, TargetCondition Condition, ImmutableSortedDictionary<string, TwinSettings> Content)
{
    public const string EdgeAgent = "$edgeAgent";

    /// <summary>Of one deployment, the two of the runtime included.</summary>
    private const int MostModules = 50;

    private static readonly ImmutableArray<(string Name, ConfigurationKind Kind)> Contents =
        [("deviceContent", ConfigurationKind.Devices), ("moduleContent", ConfigurationKind.Modules), ("modulesContent", ConfigurationKind.Edge)];

    /// <summary>A deployment that is laid upon another one: it sets parts of <c>$edgeAgent</c> only.</summary>
    public bool IsLayered => Kind == ConfigurationKind.Edge && !(Content.TryGetValue(EdgeAgent, out var agent) && agent.IsWhole);

    /// <summary>From the one that counts least to the one that counts most: by priority, then by age, the later the more.</summary>
    public static IComparer<Configuration> ByRank { get; } = Comparer<Configuration>.Create((a, b) =>
        a.Priority != b.Priority ? a.Priority.CompareTo(b.Priority)
        : a.Created != b.Created ? a.Created.CompareTo(b.Created)
        : string.CompareOrdinal(a.Id, b.Id));

    /// <exception cref="ConfigurationException">The priority, the condition or the content is not what it has to be.</exception>
    public static Configuration Read(string id, JsonObject document, DateTimeOffset created)
    {
        var (kind, content) = ReadContent(document["content"] as JsonObject ?? throw new ConfigurationException("'content' is missing or not an object"));
        var condition = document["targetCondition"] switch
        {
            null => "",
            JsonValue value when value.TryGetValue<string>(out var text) => text,
            _ => throw new ConfigurationException("'targetCondition' is not a string"),
        };
        return new(id, kind, ReadPriority(document["priority"]), created, TargetCondition.Parse(condition, kind), content);
    }

    /// <summary>What is to be set, in each of the three forms that there are.</summary>
    /// <exception cref="ConfigurationException">It is none of them, or a twin can't take it.</exception>
    public static (ConfigurationKind Kind, ImmutableSortedDictionary<string, TwinSettings> Content) ReadContent(JsonObject content)
    {
        var given = Contents.Where(c => content[c.Name] is JsonObject { Count: > 0 }).ToArray();
        if (given.Length != 1)
            throw new ConfigurationException("the content has none, or more than one, of deviceContent, moduleContent and modulesContent");
        var (name, kind) = given[0];
        return (kind, kind == ConfigurationKind.Edge ? ReadModules(content[name]!.AsObject()) : One(TwinSettings.Read(content[name], name)));
    }

    private static ImmutableSortedDictionary<string, TwinSettings> One(TwinSettings settings) =>
        settings.IsWhole
            ? throw new ConfigurationException("properties.desired as a whole belongs to others too: set a part of it, such as properties.desired.settings")
            : Sorted([KeyValuePair.Create("", settings)]);

    private static ImmutableSortedDictionary<string, TwinSettings> ReadModules(JsonObject modules)
    {
        if (!modules.ContainsKey(EdgeAgent))
            throw new ConfigurationException($"modulesContent has no {EdgeAgent}: a layered deployment without modules of its own has an empty one");
        if (modules.Count > MostModules)
            throw new ConfigurationException($"modulesContent names {modules.Count} modules, and at most {MostModules} are allowed");
        if (modules.FirstOrDefault(m => !IdentityName.IsValid(m.Key)) is { Key: { } invalid })
            throw new ConfigurationException($"'{invalid}' is no name of a module");
        return Sorted(modules.Select(m => KeyValuePair.Create(m.Key, TwinSettings.Read(m.Value, m.Key))));
    }

    private static ImmutableSortedDictionary<string, TwinSettings> Sorted(IEnumerable<KeyValuePair<string, TwinSettings>> settings) =>
        settings.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static int ReadPriority(JsonNode? priority) => priority switch
    {
        null => 0,
        JsonValue value when value.TryGetValue<int>(out var number) && number >= 0 => number,
        _ => throw new ConfigurationException("'priority' is not a whole number from 0"),
    };
}
