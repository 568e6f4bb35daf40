using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Manifests.Schema;

/// <summary>A string in one line, never empty; a number or boolean must be quoted to be one.</summary>
/// <param name="expected">What the pattern means, for messages.</param>
/// <param name="pattern">What the whole text must match.</param>
internal sealed class StringType(string expected, Regex? pattern = null, int maxLength = 4096) : ScalarType
{
    public static StringType Any { get; } = new("a string");

    public override string Expected => expected;

    protected override JsonNode? Read(ScalarNode scalar, FieldContext context)
    {
        if (scalar.Kind != ScalarKind.String && pattern is null)
            return Mismatch(scalar, context, $"put it in quotes: \"{scalar.Text}\"");
        var text = scalar.Text;
        if (text.Length == 0)
            return Mismatch(scalar, context, "give it a value, or leave the field out");
        if (text.Length > maxLength)
            return Mismatch(scalar, context, $"shorten it to {maxLength} characters");
        if (text.Any(char.IsControl))
            return Mismatch(scalar, context, "remove line ends and control characters");
        return pattern?.IsMatch(text) == false ? Mismatch(scalar, context) : JsonValue.Create(text);
    }

    protected override JsonNode Sample(string placeholder) => JsonValue.Create(placeholder);

    protected override JsonObject Schema()
    {
        var schema = new JsonObject { ["type"] = "string", ["minLength"] = 1, ["maxLength"] = maxLength };
        if (pattern is not null)
            schema["pattern"] = pattern.ToString();
        return schema;
    }
}
