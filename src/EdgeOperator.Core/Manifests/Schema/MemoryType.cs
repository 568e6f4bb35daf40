using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Manifests.Schema;

/// <summary>An amount of memory as Kubernetes writes it: bytes, or with a suffix of 1000 (k, M, G, T) or 1024 (Ki, Mi, Gi, Ti).</summary>
internal sealed partial class MemoryType(long minimum) : ScalarType
{
    public override string Expected => $"an amount of memory of at least {minimum} bytes, such as `64Mi` or `1G`";

    /// <summary>Bytes.</summary>
    public static long? Parse(string text)
    {
        var match = Form().Match(text);
        if (!match.Success)
            return null;
        var bytes = decimal.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * match.Groups[2].Value switch
        {
            "k" => 1_000m,
            "M" => 1_000_000m,
            "G" => 1_000_000_000m,
            "T" => 1_000_000_000_000m,
            "Ki" => 1L << 10,
            "Mi" => 1L << 20,
            "Gi" => 1L << 30,
            "Ti" => 1L << 40,
            _ => 1,
        };
        return bytes <= long.MaxValue ? (long)bytes : null;
    }

    protected override JsonNode? Read(ScalarNode scalar, FieldContext context) => Parse(scalar.Text) switch
    {
        null => Mismatch(scalar, context, Fix(scalar.Text)),
        { } bytes when bytes < minimum => Mismatch(scalar, context, "choose a larger amount"),
        { } bytes => JsonValue.Create(bytes),
    };

    protected override JsonNode Sample(string placeholder) => JsonValue.Create(minimum);

    protected override JsonObject Schema() => new()
    {
        ["type"] = new JsonArray("string", "integer"),
        ["pattern"] = "^[0-9]+(\\.[0-9]+)?(k|M|G|T|Ki|Mi|Gi|Ti)?$",
        ["minimum"] = minimum,
        ["examples"] = new JsonArray("64Mi", "1G"),
    };

    private static string Fix(string text) => text.AsSpan().TrimStart("0123456789.") switch
    {
        "m" or "mb" or "MB" or "MiB" => "write `Mi` (1024 × 1024 bytes) or `M` (a million bytes)",
        "g" or "gb" or "GB" or "GiB" => "write `Gi` (1024 × 1024 × 1024 bytes) or `G` (a thousand million bytes)",
        "K" or "kb" or "KB" or "KiB" => "write `Ki` (1024 bytes) or `k` (a thousand bytes)",
        _ => "write a number and one of the suffixes k, M, G, T, Ki, Mi, Gi, Ti, or none for bytes",
    };

    [GeneratedRegex(@"^([0-9]{1,15}(?:\.[0-9]{1,6})?)(k|M|G|T|Ki|Mi|Gi|Ti|)\z")]
    private static partial Regex Form();
}
