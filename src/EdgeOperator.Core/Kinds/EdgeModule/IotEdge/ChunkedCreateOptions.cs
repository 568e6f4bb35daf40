using System.Globalization;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Kinds.EdgeModule.IotEdge;

/// <summary>
/// A module's <c>createOptions</c>: a mapping, or a text of JSON that goes on in <c>createOptions01</c>,
/// <c>createOptions02</c> and so on, since a twin takes 512 characters at most.
/// </summary>
internal sealed class ChunkedCreateOptions(string module, Members settings, ProblemCollector problems)
{
    private const string First = "createOptions";

    /// <returns>Null when there are none.</returns>
    public Node? Read()
    {
        var chunks = settings.All
            .Where(entry => entry.Key.StartsWith(First, StringComparison.OrdinalIgnoreCase) && entry.Key[First.Length..].All(char.IsAsciiDigit))
            .Select(entry => (Number: NumberOf(entry.Key), Entry: entry))
            .OrderBy(chunk => chunk.Number)
            .ToArray();
        return chunks switch
        {
            [] => null,
            [(0, var only)] => only.Value,
            _ => Join(chunks),
        };
    }

    private static int NumberOf(string key) =>
        int.TryParse(key[First.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : key.Length == First.Length ? 0 : int.MaxValue;

    private ScalarNode? Join((int Number, MapEntry Entry)[] chunks)
    {
        for (var expected = 0; expected < chunks.Length; expected++)
        {
            var (number, entry) = chunks[expected];
            if (number != expected)
            {
                problems.Add(entry.KeyWhere, $"{module}.settings.{entry.Key} stands where {Name(expected)} is missing", "give every part of createOptions, in order");
                return null;
            }
            if (entry.Value is not ScalarNode)
            {
                problems.Add(entry.Value.Where, $"{module}.settings.{entry.Key} must be a string, not {entry.Value.Description}", "write createOptions as one mapping, or as strings of JSON");
                return null;
            }
        }
        var texts = chunks.Select(chunk => (ScalarNode)chunk.Entry.Value).ToArray();
        var kind = texts.Any(text => text.Kind == ScalarKind.Placeholder) ? ScalarKind.Placeholder : ScalarKind.String;
        return new(texts[0].Where, string.Concat(texts.Select(text => text.Text)), kind, isPlain: false);
    }

    private static string Name(int number) => number == 0 ? First : $"{First}{number:D2}";
}
