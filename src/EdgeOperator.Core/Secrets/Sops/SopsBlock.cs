using System.Collections.Immutable;
using YamlDotNet.Core.Events;

namespace EdgeOperator.Core.Secrets.Sops;

/// <summary>A <c>sops</c> block as YAML's events: its fields in order.</summary>
internal sealed record SopsBlock(ImmutableArray<KeyValuePair<string, IReadOnlyList<ParsingEvent>>> Fields)
{
    public SopsBlock()
        : this([])
    {
    }

    /// <summary>The same with one field added or replaced in its place.</summary>
    public SopsBlock With(string field, IReadOnlyList<ParsingEvent> value)
    {
        var entry = KeyValuePair.Create(field, value);
        return new(Fields.Any(f => f.Key == field) ? [.. Fields.Select(f => f.Key == field ? entry : f)] : Fields.Add(entry));
    }

    public IEnumerable<ParsingEvent> Events() =>
    [
        new MappingStart(),
        .. Fields.SelectMany(field => (IEnumerable<ParsingEvent>)[new Scalar(field.Key), .. field.Value]),
        new MappingEnd(),
    ];
}
