using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace EdgeOperator.Functions.Blobs;

/// <summary>
/// The path of a blob trigger: a container, and which of its blobs. <c>{name}</c> stands for any text, which the function gets as
/// trigger metadata; <c>{{</c> and <c>}}</c> for braces. Without a blob's name it is every blob.
/// </summary>
internal sealed partial class BlobPattern
{
    private readonly Regex _regex;
    private readonly ImmutableArray<string> _names;

    private BlobPattern(string container, string prefix, string regex, ImmutableArray<string> names)
    {
        (Container, Prefix, _names) = (container, prefix, names);
        _regex = new($"^{regex}$", RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.CultureInvariant);
    }

    public string Container { get; }

    /// <summary>What the names of all these blobs begin with.</summary>
    public string Prefix { get; }

    /// <exception cref="FormatException">It is no path; the message says why.</exception>
    public static BlobPattern Parse(string path)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var container = slash < 0 ? path : path[..slash];
        BlobPath.CheckContainer(container);
        if (slash < 0 || slash == path.Length - 1)
            return new(container, "", ".*", []);

        var (regex, prefix, names) = (new StringBuilder(), (string?)null, ImmutableArray.CreateBuilder<string>());
        var literal = new StringBuilder();
        for (var rest = path[(slash + 1)..]; rest.Length > 0;)
        {
            var token = Token().Match(rest);
            if (!token.Success)
                throw new FormatException($"The path \"{path}\" of the blobTrigger has a brace without its counterpart, or something else than a name in braces; write {{{{ for a brace");
            rest = rest[token.Length..];
            if (!token.Groups["name"].Success)
            {
                literal.Append(token.Value is "{{" or "}}" ? token.Value[..1] : token.Value);
                continue;
            }

            if (names.Contains(token.Groups["name"].Value, StringComparer.OrdinalIgnoreCase))
                throw new FormatException($"The path \"{path}\" of the blobTrigger has {token.Value} twice");
            prefix ??= literal.ToString();
            regex.Append(Regex.Escape(literal.ToString())).Append("(.*)");
            names.Add(token.Groups["name"].Value);
            literal.Clear();
        }

        return new(container, prefix ?? literal.ToString(), regex.Append(Regex.Escape(literal.ToString())).ToString(), names.ToImmutable());
    }

    /// <summary>What is in braces.</summary>
    public ImmutableArray<string> Names => _names;

    /// <returns>What the names in braces stand for; null for a blob that is not meant.</returns>
    public JsonObject? Match(string name)
    {
        var match = _regex.Match(name);
        return match.Success
            ? new(_names.Select((n, i) => KeyValuePair.Create(n, (JsonNode?)JsonValue.Create(match.Groups[i + 1].Value))))
            : null;
    }

    [GeneratedRegex(@"^(?:\{\{|\}\}|\{(?<name>[A-Za-z_][A-Za-z0-9_-]*)\}|[^{}]+)")]
    private static partial Regex Token();
}
