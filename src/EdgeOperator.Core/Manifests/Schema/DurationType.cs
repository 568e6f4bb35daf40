using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Manifests.Schema;

/// <summary>A span of time such as <c>500ms</c>, <c>30s</c>, <c>1h30m</c> or <c>2d</c>; bound as a <see cref="TimeSpan"/>.</summary>
internal sealed partial class DurationType(TimeSpan minimum, TimeSpan maximum) : ScalarType
{
    public override string Expected => $"a duration from {Write(minimum)} to {Write(maximum)}, such as `30s`, `5m` or `1h30m`";

    public static TimeSpan? Parse(string text)
    {
        var match = Form().Match(text);
        if (!match.Success)
            return null;
        var seconds = match.Groups["amount"].Captures
            .Zip(match.Groups["unit"].Captures)
            .Sum(part => double.Parse(part.First.ValueSpan, CultureInfo.InvariantCulture) * SecondsIn(part.Second.Value));
        return seconds < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromMilliseconds(Math.Round(seconds * 1000)) : null;
    }

    protected override JsonNode? Read(ScalarNode scalar, FieldContext context)
    {
        if (Parse(scalar.Text) is not { } value)
            return Mismatch(scalar, context, scalar.Kind is ScalarKind.Integer or ScalarKind.Number ? $"add a unit: `{scalar.Text}s`" : "write numbers with the units ms, s, m, h or d");
        return value >= minimum && value <= maximum
            ? JsonValue.Create(value.ToString("c", CultureInfo.InvariantCulture))
            : Mismatch(scalar, context, "choose a duration in the range");
    }

    protected override JsonNode Sample(string placeholder) => JsonValue.Create(minimum.ToString("c", CultureInfo.InvariantCulture));

    protected override JsonObject Schema() => new() { ["type"] = "string", ["pattern"] = "^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$", ["examples"] = new JsonArray("30s", "5m", "1h30m") };

    private static double SecondsIn(string unit) => unit switch
    {
        "ms" => 0.001,
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => 86400,
    };

    private static string Write(TimeSpan span) => span switch
    {
        { Ticks: 0 } => "0s",
        { Days: > 0, Hours: 0 } => $"{span.Days}d",
        { TotalHours: >= 1, Minutes: 0 } => $"{(int)span.TotalHours}h",
        { TotalMinutes: >= 1, Seconds: 0 } => $"{(int)span.TotalMinutes}m",
        { TotalSeconds: >= 1 } => $"{(int)span.TotalSeconds}s",
        _ => $"{(int)span.TotalMilliseconds}ms",
    };

    [GeneratedRegex(@"^(?:(?<amount>[0-9]{1,12}(?:\.[0-9]{1,9})?)(?<unit>ms|s|m|h|d)){1,5}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
