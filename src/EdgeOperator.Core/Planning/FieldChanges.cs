using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Planning;

/// <summary>A field of a spec that changes, with secrets hidden.</summary>
/// <param name="Path">Such as <c>env.LEVEL</c>; of a list without a place in it, and of a text with several lines: its own path.</param>
/// <param name="Before">Null when it was not there.</param>
/// <param name="After">Null when it is not there any more.</param>
public sealed record FieldChange(string Path, string? Before, string? After)
{
    public override string ToString() => (Before, After) switch
    {
        _ when Before == After && Before is not null => $"{Path}: {Before} (another value)",
        (null, _) => $"{Path}: + {After}",
        (_, null) => $"{Path}: - {Before}",
        _ => $"{Path}: {Before} → {After}",
    };
}

/// <summary>Compares specs field by field.</summary>
public static class FieldChanges
{
    private const int LongestValue = 120;

    /// <summary>In the order of the fields.</summary>
    public static ImmutableArray<FieldChange> Between(JsonObject before, JsonObject after)
    {
        var changes = ImmutableArray.CreateBuilder<FieldChange>();
        Compare("", "", before, after, changes);
        return changes.ToImmutable();
    }

    private static void Compare(string path, string name, JsonNode? before, JsonNode? after, ImmutableArray<FieldChange>.Builder changes)
    {
        if (JsonNode.DeepEquals(before, after))
            return;
        if (before is JsonObject or null && after is JsonObject or null && (before ?? after) is JsonObject)
        {
            var (old, next) = (before as JsonObject ?? [], after as JsonObject ?? []);
            foreach (var key in old.Select(entry => entry.Key).Union(next.Select(entry => entry.Key)))
                Compare(path.Length == 0 ? key : $"{path}.{key}", key, old[key], next[key], changes);
        }
        else if (before is JsonArray or null && after is JsonArray or null && (before ?? after) is JsonArray)
        {
            CompareItems(path, name, [.. (before as JsonArray ?? []).Select(item => Show(name, item))], [.. (after as JsonArray ?? []).Select(item => Show(name, item))], HasSecrets(before), changes);
        }
        else if (Lines(before) is { } old && Lines(after) is { } next && old.Length + next.Length > 2)
        {
            CompareItems(path, name, old, next, HasSecrets(before), changes);
        }
        else
        {
            changes.Add(new(path, before is null ? null : Cut(Redaction.Text(name, Show(name, before))), after is null ? null : Cut(Redaction.Text(name, Show(name, after)))));
        }
    }

    /// <summary>What has come and what has gone, in pairs where there are as many of both.</summary>
    private static void CompareItems(string path, string name, string[] before, string[] after, bool hasSecrets, ImmutableArray<FieldChange>.Builder changes)
    {
        var gone = Without(before, after);
        var come = Without(after, before);
        if (gone.Count + come.Count == 0)
            changes.Add(hasSecrets ? new(path, "a secret", "a secret") : new(path, "one order", "another order"));
        for (var i = 0; i < Math.Max(gone.Count, come.Count); i++)
        {
            if (gone.Count == come.Count)
            {
                changes.Add(new(path, Cut(Redaction.Text(name, gone[i])), Cut(Redaction.Text(name, come[i]))));
                continue;
            }

            if (i < gone.Count)
                changes.Add(new(path, Cut(Redaction.Text(name, gone[i])), null));
            if (i < come.Count)
                changes.Add(new(path, null, Cut(Redaction.Text(name, come[i]))));
        }
    }

    private static bool HasSecrets(JsonNode? node) => node is not null && SecretReference.IsIn(node.ToJsonString());

    private static List<string> Without(string[] items, string[] others)
    {
        var left = others.GroupBy(item => item, StringComparer.Ordinal).ToDictionary(same => same.Key, same => same.Count(), StringComparer.Ordinal);
        return [.. items.Where(item => left.GetValueOrDefault(item) is var count && (count == 0 || (left[item] = count - 1) < 0))];
    }

    private static string[]? Lines(JsonNode? node) => node is null ? []
        : node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>().TrimEnd('\n').Split('\n')
        : null;

    private static string Show(string name, JsonNode? node) => node switch
    {
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        JsonObject or JsonArray => Redaction.Of(node, name)!.ToJsonString(),
        _ => node?.ToJsonString() ?? "null",
    };

    private static string Cut(string text)
    {
        var line = text.TrimEnd('\n').ReplaceLineEndings("\\n");
        return line.Length == 0 ? "\"\"" : line.Length > LongestValue ? string.Concat(line.AsSpan(0, LongestValue), "…") : line;
    }
}
