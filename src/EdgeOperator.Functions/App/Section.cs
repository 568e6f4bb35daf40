using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;

namespace EdgeOperator.Functions.App;

/// <summary>
/// An object in a file, read as the cloud reads configuration: keys and names without regard to case, and a value may
/// be written as text. A value that does not fit throws an <see cref="AppException"/> with the file and the key.
/// </summary>
internal sealed record Section(JsonObject? Node, string File, string Path = "")
{
    public bool Exists => Node is not null;

    public ImmutableArray<string> Keys => Node is null ? [] : [.. Node.Select(p => p.Key)];

    public Section Sub(string key) => Find(key) switch
    {
        null => new(null, File, PathOf(key)),
        JsonObject node => new(node, File, PathOf(key)),
        _ => throw Wrong(key, "must be an object"),
    };

    public string? Text(string key) => Find(key) switch
    {
        null => null,
        JsonValue value => value.ToString(),
        _ => throw Wrong(key, "must be a text"),
    };

    public bool? Flag(string key) => Read<bool>(key, "true or false", text => bool.TryParse(text, out var value) ? value : null);

    public int? Number(string key, int minimum = int.MinValue, int maximum = int.MaxValue) => Read<int>(
        key,
        maximum < int.MaxValue ? $"a whole number from {minimum} to {maximum}" : minimum > int.MinValue ? $"a whole number from {minimum}" : "a whole number",
        text => int.TryParse(text, NumberStyles.AllowLeadingSign, null, out var value) && value >= minimum && value <= maximum ? value : null);

    public TimeSpan? Duration(string key) => Read<TimeSpan>(key, "a time span such as 00:00:30", text =>
        TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var value) && value >= TimeSpan.Zero ? value : null);

    public T? Choice<T>(string key)
        where T : struct, Enum => Read<T>(
            key,
            $"one of {string.Join(", ", Enum.GetNames<T>())}",
            text => Enum.TryParse<T>(text, ignoreCase: true, out var value) && !char.IsAsciiDigit(text[0]) ? value : null);

    /// <summary>Null when there is none; a single text is a list of one.</summary>
    public ImmutableArray<string>? List(string key) => Find(key) switch
    {
        null => null,
        JsonArray array => [.. array.Select(item => item is JsonValue value ? value.ToString() : throw Wrong(key, "must be a list of texts"))],
        JsonValue value => [value.ToString()],

        // As overrides by settings make a list: 0, 1, …
        JsonObject node => [.. node.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => p.Value?.ToString() ?? "")],
        _ => throw Wrong(key, "must be a list of texts"),
    };

    public AppException Wrong(string key, string what) => new($"{File}: {PathOf(key)} {what}");

    private T? Read<T>(string key, string expected, Func<string, T?> parse)
        where T : struct =>
        Text(key) is { } text ? parse(text.Trim()) ?? throw Wrong(key, $"must be {expected}, not \"{text}\"") : null;

    private JsonNode? Find(string key)
    {
        JsonNode? found = null;
        foreach (var (name, value) in Node ?? [])
        {
            if (name.Equals(key, StringComparison.OrdinalIgnoreCase))
            {
                found = value;
            }
        }

        return found;
    }

    private string PathOf(string key) => Path.Length == 0 ? key : $"{Path}.{key}";
}
