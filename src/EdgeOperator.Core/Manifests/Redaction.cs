using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace EdgeOperator.Core.Manifests;

/// <summary>
/// Hides what is likely to be a secret in specs that are shown: values whose names say so, and credentials within texts (URLs,
/// connection strings, <c>NAME=value</c>).
/// </summary>
public static partial class Redaction
{
    public const string Hidden = "***";

    /// <summary>A copy with its secrets hidden.</summary>
    public static JsonNode? Of(JsonNode? node, string name = "") => node switch
    {
        // `name: X, value: Y` is an entry of a list of variables.
        JsonObject map => new JsonObject(map.Select(entry => KeyValuePair.Create(
            entry.Key, Of(entry.Value, entry.Key == "value" && map["name"] is JsonValue named && named.GetValueKind() == JsonValueKind.String ? named.GetValue<string>() : entry.Key)))),
        JsonArray list => new JsonArray([.. list.Select(item => Of(item, name))]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => JsonValue.Create(Text(name, value.GetValue<string>())),
        JsonValue value when IsSecret(name) && value.GetValueKind() == JsonValueKind.Number => JsonValue.Create(Hidden),
        _ => node?.DeepClone(),
    };

    /// <summary>A value with its secrets hidden.</summary>
    /// <param name="name">What the value is called: a field, a variable.</param>
    public static string Text(string name, string value)
    {
        if (value.Length == 0)
            return value;

        // A reference names a secret, and is none.
        if (SecretReference.IsIn(value) && SecretReference.Replace(value, _ => "").Length == 0)
            return SecretReference.Show(value);
        value = SecretReference.Show(value);
        if (IsSecret(name))
            return Hidden;
        if (value.AsSpan().TrimStart().StartsWith("{") && Parse(value) is { } embedded)
            return Of(embedded)!.ToJsonString();
        return Assignment().Replace(UserInfo().Replace(value, $"://{Hidden}@"), match => match.Groups["before"].Value + Hidden);
    }

    private static bool IsSecret(string name) => SecretName().IsMatch(name) && !Reference().IsMatch(name);

    private static JsonNode? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private const string Words = "passw(or)?d|passwd|passphrase|secret|token|credentials?|api[_-]?key|access[_-]?key|account[_-]?key|shared[_-]?key|private[_-]?key|master[_-]?key|connection[_-]?string";

    [GeneratedRegex($"({Words})|pwd$|[_-]key$|(?-i:[a-z]Key$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex SecretName();

    /// <summary>Names of what only leads to a secret.</summary>
    [GeneratedRegex("(file|files|path|dir|url|name|id)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Reference();

    [GeneratedRegex(@"://[^/\s@]+@", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex UserInfo();

    [GeneratedRegex($@"(?<before>[\w.-]*({Words}|\bpwd|\bsig)[""']?\s*[:=]\s*)(""[^""]*""|'[^']*'|[^\s;&,]+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Assignment();
}
