using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Manifests.Schema;

/// <summary>Any text, empty too. Numbers and booleans count as text just as they are written, as for environment variables.</summary>
/// <param name="allowNul">Whether the text may hold the character NUL, which programs and engines can't be given.</param>
/// <param name="takesSecrets">Whether a secret may stand in the text.</param>
internal sealed class TextType(bool allowNul = false, bool takesSecrets = false) : ScalarType
{
    public static TextType Any { get; } = new();

    public static TextType WithSecrets { get; } = new(takesSecrets: true);

    protected override bool TakesSecrets => takesSecrets;

    public override string Expected => "text";

    protected override JsonNode? Read(ScalarNode scalar, FieldContext context) =>
        !allowNul && scalar.Text.Contains('\0')
            ? Mismatch(scalar, context, "remove the character \\0")
            : JsonValue.Create(scalar.Text);

    protected override JsonNode Sample(string placeholder) => JsonValue.Create(placeholder);

    protected override JsonObject Schema() => new() { ["type"] = new JsonArray("string", "number", "boolean") };
}
