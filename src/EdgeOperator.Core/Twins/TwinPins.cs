using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Twins;

/// <summary>Commits that a twin keeps Git sources of its device at: <c>properties.desired.edgeoperator.sources.NAME.commit</c>.</summary>
public static class TwinPins
{
    private const string Where = "properties.desired.edgeoperator.sources";

    public static ImmutableSortedDictionary<string, string> None { get; } = ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal);

    /// <returns>Commits by the sources' names, or what is wrong.</returns>
    public static (ImmutableSortedDictionary<string, string> Commits, string? Problem) Of(JsonObject desired)
    {
        var commits = None;
        switch ((desired["edgeoperator"] as JsonObject)?["sources"])
        {
            case null:
                return (commits, null);
            case JsonObject sources:
                foreach (var (name, source) in sources)
                {
                    if (source is not JsonObject || source["commit"] is not JsonValue value || !value.TryGetValue<string>(out var commit) || !IsCommit(commit))
                        return (None, $"{Where}.{name} names no commit: write {{\"commit\": \"…\"}} with all 40 or 64 hexadecimal digits");
                    commits = commits.SetItem(name, commit);
                }

                return (commits, null);
            default:
                return (None, $"{Where} is not an object");
        }
    }

    private static bool IsCommit(string text) => text.Length is 40 or 64 && text.All(char.IsAsciiHexDigitLower);
}
