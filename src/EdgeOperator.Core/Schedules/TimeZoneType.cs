using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Schedules;

/// <summary>A name of the IANA database. Where the system has no database, any name of the right form is accepted, with a warning.</summary>
internal sealed partial class TimeZoneType : ScalarType
{
    public static TimeZoneType Instance { get; } = new();

    public override string Expected => "a time zone of the IANA database, such as `Europe/Berlin` or `UTC`";

    protected override JsonNode? Read(ScalarNode scalar, FieldContext context)
    {
        if (!Form().IsMatch(scalar.Text))
            return Mismatch(scalar, context);
        if (TimeZones.Find(scalar.Text) is not null)
            return JsonValue.Create(scalar.Text);
        if (TimeZones.AreKnown)
        {
            context.Problems.Add(scalar.Where, $"{context.Path}: {TimeZones.Unknown(scalar.Text)}", "write a name such as `Europe/Berlin` or `UTC`");
            return null;
        }

        context.Problems.Warn(scalar.Where, $"{context.Path}: {TimeZones.Unknown(scalar.Text)}", "until then the window never opens on this system");
        return JsonValue.Create(scalar.Text);
    }

    protected override JsonNode Sample(string placeholder) => JsonValue.Create("UTC");

    protected override JsonObject Schema() => new() { ["type"] = "string", ["pattern"] = Form().ToString(), ["examples"] = new JsonArray("UTC", "Europe/Berlin") };

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$")]
    private static partial Regex Form();
}
