using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Twins.Configurations;

/// <summary>A value for a part of a twin's desired properties.</summary>
/// <param name="Path">Names with dots between them; empty for all desired properties.</param>
/// <param name="Value">What is there afterwards; null for nothing.</param>
public sealed record TwinSetting(string Path, JsonNode? Value)
{
    /// <summary>Whether all of <paramref name="other"/> is in this part.</summary>
    public bool Covers(string other) => Path.Length == 0 || other == Path || other.StartsWith($"{Path}.", StringComparison.Ordinal);
}

/// <summary>What content in IoT Hub's form sets in one twin: <c>{"properties.desired": {…}, "properties.desired.a.b": …}</c>.</summary>
/// <param name="Items">A part stands before what is inside of it.</param>
public sealed record TwinSettings(ImmutableArray<TwinSetting> Items)
{
    private const string Desired = "properties.desired";

    /// <summary>All desired properties are set, not parts of them.</summary>
    public bool IsWhole => Items.Any(i => i.Path.Length == 0);

    /// <param name="name">Whose content it is, for messages.</param>
    /// <exception cref="ConfigurationException">A path leads elsewhere, or a key or value is none that a twin may have.</exception>
    public static TwinSettings Read(JsonNode? content, string name)
    {
        if (content is not JsonObject settings)
            throw new ConfigurationException($"the content of {name} is not an object with {Desired}");
        var items = settings.Select(s => Read(s.Key, s.Value, name)).OrderBy(s => s.Path, StringComparer.Ordinal).ToImmutableArray();
        return Check(new(items), name);
    }

    /// <summary>Sets these values in desired properties, which stay as they are.</summary>
    public JsonObject SetIn(JsonObject desired) => Items.Aggregate(desired, (values, setting) => TwinPath.Set(values, setting.Path, setting.Value));

    private static TwinSetting Read(string key, JsonNode? value, string name)
    {
        if (key == Desired)
            return value is JsonObject whole ? new("", TwinMerge.WithoutNulls(whole)) : throw new ConfigurationException($"{Desired} of {name} is not an object");
        if (!key.StartsWith($"{Desired}.", StringComparison.Ordinal))
            throw new ConfigurationException($"'{key}' of {name} is not {Desired} or a path below it");
        return new(key[(Desired.Length + 1)..], value is JsonObject part ? TwinMerge.WithoutNulls(part) : value?.DeepClone());
    }

    private static TwinSettings Check(TwinSettings settings, string name)
    {
        var values = settings.SetIn([]);
        return (TwinCheck.Find(TwinSection.Desired, values) ?? TwinCheck.FindSize(TwinSection.Desired, values)) is { } problem
            ? throw new ConfigurationException($"{name}: {problem}") { Problem = problem }
            : settings;
    }
}
