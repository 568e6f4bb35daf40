using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Manifests.Schema;

/// <summary>Permission bits, always read as octal digits: <c>0644</c>, <c>"0644"</c> and <c>644</c> are the same.</summary>
internal sealed partial class FileModeType : ScalarType
{
    public static FileModeType Instance { get; } = new();

    public override string Expected => "a file mode of three or four octal digits, such as `0644`";

    protected override JsonNode? Read(ScalarNode scalar, FieldContext context) =>
        Form().IsMatch(scalar.Text)
            ? JsonValue.Create(Convert.ToInt32(scalar.Text.Replace("0o", "", StringComparison.Ordinal), 8))
            : Mismatch(scalar, context);

    protected override JsonNode Sample(string placeholder) => JsonValue.Create(0);

    protected override JsonObject Schema() => new()
    {
        ["type"] = new JsonArray("string", "integer"),
        ["pattern"] = "^(0o?)?[0-7]{3,4}$",
        ["examples"] = new JsonArray("0644", "0600"),
    };

    [GeneratedRegex(@"^(?:0o?)?[0-7]{3,4}\z")]
    private static partial Regex Form();
}
