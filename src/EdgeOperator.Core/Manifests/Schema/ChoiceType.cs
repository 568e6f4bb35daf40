using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Manifests.Schema;

/// <summary>One word of a few.</summary>
internal sealed class ChoiceType(params ImmutableArray<Choice> choices) : ScalarType
{
    /// <summary>Words that are close but mean something else, and what to say about them.</summary>
    public ImmutableDictionary<string, string> Hints { get; init; } = ImmutableDictionary<string, string>.Empty;

    public override string Expected => string.Join(" or ", choices.Select(c => $"`{c.Word}`"));

    protected override JsonNode? Read(ScalarNode scalar, FieldContext context)
    {
        foreach (var choice in choices)
        {
            if (scalar.Text == choice.Word || choice.Synonyms.Contains(scalar.Text))
                return JsonValue.Create(choice.Value);
            if (!choice.Foreign.Contains(scalar.Text))
                continue;
            context.Problems.Warn(scalar.Where, $"{context.Path}: `{scalar.Text}` is another system's word", $"write `{choice.Word}`");
            return JsonValue.Create(choice.Value);
        }
        return Mismatch(scalar, context, Fix(scalar.Text));
    }

    protected override JsonNode Sample(string placeholder) => JsonValue.Create(choices[0].Value);

    protected override JsonObject Schema() => new() { ["enum"] = new JsonArray([.. choices.Select(c => JsonValue.Create(c.Word))]) };

    private string Fix(string text) =>
        Hints.TryGetValue(text, out var hint) ? hint
        : Spelling.Closest(text, choices.Select(c => c.Word)) is { } word ? $"did you mean `{word}`?"
        : "choose one of these words";
}

/// <summary>A word of the language and the value it binds to.</summary>
internal sealed record Choice(string Word, string Value)
{
    /// <summary>Words that are just as good.</summary>
    public ImmutableArray<string> Synonyms { get; init; } = [];

    /// <summary>Other systems' words for the same, accepted with a warning.</summary>
    public ImmutableArray<string> Foreign { get; init; } = [];
}
