using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace EdgeOperator.Core.Manifests.Nodes;

/// <summary>
/// Reads JSON into nodes. Comments and a comma after the last item are accepted, as editors do for configuration
/// files. Any bytes give a node or problems, never an exception.
/// </summary>
public static class JsonReader
{
    private static readonly JsonReaderOptions Options = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = Limits.Depth + 1,
    };

    /// <returns>Null after a problem that ends the reading.</returns>
    public static Node? Read(ManifestFile file, ProblemCollector problems)
    {
        try
        {
            var bytes = ManifestText.Bytes(file);
            try
            {
                return new Tree(file.Path, problems).Read(bytes.Span);
            }
            catch (JsonException e)
            {
                if (WithVariables(file.Path, bytes.Span) is { } root)
                    return root;
                throw new UnreadableException(At(file.Path, bytes.Span, e), $"not valid JSON: {Reason(e)}", "correct the JSON here");
            }
        }
        catch (UnreadableException e)
        {
            problems.Add(e.Problem);
            return null;
        }
    }

    /// <summary>A template may have variables where JSON has numbers and other values without quotes.</summary>
    private static Node? WithVariables(string file, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IndexOf("${"u8) < 0)
            return null;
        var root = LenientJsonReader.Read(file, Encoding.UTF8.GetString(bytes), new(), out var deviations);
        return deviations.All(d => d is LenientJsonReader.Variables or LenientJsonReader.Comments or LenientJsonReader.TrailingCommas) ? root : null;
    }

    private static Position At(string file, ReadOnlySpan<byte> bytes, JsonException e)
    {
        var offset = 0;
        for (var line = 0; line < e.LineNumber; line++)
            offset += bytes[offset..].IndexOf((byte)'\n') + 1;
        return new Utf8Cursor(file).Advance(bytes, Math.Min(offset + (int)(e.BytePositionInLine ?? 0), bytes.Length));
    }

    private static string Reason(JsonException e)
    {
        // Its own position follows after a full stop; it counts from 0 and in bytes.
        var end = e.Message.IndexOf(". ", StringComparison.Ordinal);
        return Quote.Line(end < 0 ? e.Message : e.Message[..end]).TrimEnd('.');
    }

    private sealed class Tree(string file, ProblemCollector problems)
    {
        private readonly NodeBudget _budget = new();
        private readonly Utf8Cursor _cursor = new(file);

        public Node Read(ReadOnlySpan<byte> text)
        {
            var reader = new Utf8JsonReader(text, Options);
            reader.Read();
            var root = Value(ref reader, text, 0);
            reader.Read();
            return root;
        }

        private Node Value(ref Utf8JsonReader reader, ReadOnlySpan<byte> text, int depth)
        {
            var where = _cursor.Advance(text, (int)reader.TokenStartIndex);
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    NodeBudget.CheckDepth(depth + 1, where);
                    _budget.Spend(1, where);
                    return Map(ref reader, text, depth + 1, where);
                case JsonTokenType.StartArray:
                    NodeBudget.CheckDepth(depth + 1, where);
                    _budget.Spend(1, where);
                    return List(ref reader, text, depth + 1, where);
                case JsonTokenType.String:
                    return Scalar(Text(ref reader, where), ScalarKind.String, where);
                case JsonTokenType.Number:
                    var number = Encoding.UTF8.GetString(reader.ValueSpan);
                    return PlainScalar.KindOf(number) is var kind and not ScalarKind.String
                        ? Scalar(number, kind, where)
                        : throw new UnreadableException(where, $"the number {Quote.Short(number)} is too large", "write it as a string");
                case var token:
                    return Scalar(Encoding.UTF8.GetString(reader.ValueSpan), token == JsonTokenType.Null ? ScalarKind.Null : ScalarKind.Boolean, where);
            }
        }

        private MapNode Map(ref Utf8JsonReader reader, ReadOnlySpan<byte> text, int depth, Position where)
        {
            var entries = new MapBuilder(problems);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var keyWhere = _cursor.Advance(text, (int)reader.TokenStartIndex);
                var key = Text(ref reader, keyWhere);
                _budget.Spend(Limits.CostOf(key), keyWhere);
                reader.Read();
                entries.Add(key, keyWhere, Value(ref reader, text, depth));
            }
            return entries.ToMap(where);
        }

        private ListNode List(ref Utf8JsonReader reader, ReadOnlySpan<byte> text, int depth, Position where)
        {
            var items = ImmutableArray.CreateBuilder<Node>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                items.Add(Value(ref reader, text, depth));
            return new(where, items.ToImmutable());
        }

        private ScalarNode Scalar(string text, ScalarKind kind, Position where)
        {
            _budget.Spend(Limits.CostOf(text), where);
            return new(where, text, kind, isPlain: kind != ScalarKind.String);
        }

        private static string Text(ref Utf8JsonReader reader, Position where)
        {
            try
            {
                return reader.GetString()!;
            }
            catch (InvalidOperationException)
            {
                throw new UnreadableException(where, "the string holds half of a surrogate pair", "write both halves as \\uXXXX\\uXXXX");
            }
        }
    }
}
