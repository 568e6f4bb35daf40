using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Manifests.Schema;

/// <summary>A share of processors as Kubernetes writes it: <c>0.5</c> or <c>500m</c>; bound as billionths of a processor.</summary>
internal sealed partial class CpuType : ScalarType
{
    /// <summary>The least that engines accept: a hundredth of a processor.</summary>
    private const long Minimum = 10_000_000;

    public static CpuType Instance { get; } = new();

    public override string Expected => "a number of processors of at least 0.01, such as `0.5` or `500m`";

    /// <summary>Billionths of a processor.</summary>
    public static long? Parse(string text)
    {
        var match = Form().Match(text);
        return match.Success
            ? (long)(decimal.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * (match.Groups[2].Length > 0 ? 1_000_000 : 1_000_000_000))
            : null;
    }

    protected override JsonNode? Read(ScalarNode scalar, FieldContext context) =>
        Parse(scalar.Text) is { } value and >= Minimum ? JsonValue.Create(value) : Mismatch(scalar, context);

    protected override JsonNode Sample(string placeholder) => JsonValue.Create(Minimum);

    protected override JsonObject Schema() => new()
    {
        ["type"] = new JsonArray("string", "number"),
        ["pattern"] = "^([0-9]+(\\.[0-9]+)?|[0-9]+m)$",
        ["minimum"] = 0.01,
        ["examples"] = new JsonArray("0.5", "500m"),
    };

    [GeneratedRegex(@"^(?:([0-9]{1,6}(?:\.[0-9]{1,9})?)|(?<1>[0-9]{1,9})(m))\z")]
    private static partial Regex Form();
}
