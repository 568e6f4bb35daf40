using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace EdgeOperator.Functions.App;

/// <summary><c>%NAME%</c>, which stands for a setting.</summary>
internal static partial class SettingNames
{
    /// <param name="orElse">For a setting that does not exist.</param>
    public static string Resolve(string text, ImmutableSortedDictionary<string, string> settings, Func<string, string> orElse) =>
        Name().Replace(text, match =>
        {
            var name = match.Groups[1].Value;
            return Find(settings, name) ?? orElse(name);
        });

    /// <summary>In every text within.</summary>
    /// <exception cref="FormatException">A setting does not exist.</exception>
    public static JsonNode? Resolve(JsonNode? node, ImmutableSortedDictionary<string, string> settings) => node switch
    {
        JsonObject source => new JsonObject(source.Select(p => KeyValuePair.Create(p.Key, Resolve(p.Value, settings)))),
        JsonArray array => new JsonArray([.. array.Select(item => Resolve(item, settings))]),
        JsonValue value when value.TryGetValue<string>(out var text) => JsonValue.Create(Resolve(text, settings, Missing)),
        _ => node?.DeepClone(),
    };

    /// <summary>Names are compared without regard to case, an exact one first.</summary>
    public static string? Find(ImmutableSortedDictionary<string, string> settings, string name) =>
        settings.TryGetValue(name, out var value)
            ? value
            : settings.Where(s => s.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(s => s.Value).FirstOrDefault();

    private static string Missing(string name) => throw new FormatException($"%{name}% names a setting that does not exist: add {name} to the app's settings");

    [GeneratedRegex("%([^%\\s]+)%")]
    private static partial Regex Name();
}
