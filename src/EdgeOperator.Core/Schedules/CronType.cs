using System.Text.Json.Nodes;
using Cronos;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Schedules;

/// <summary>A cron expression of five fields, or a macro.</summary>
internal sealed class CronType : ScalarType
{
    private static readonly DateTime Any = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public static CronType Instance { get; } = new();

    public override string Expected => "a cron expression of five fields, such as `0 2 * * 6`";

    protected override JsonNode? Read(ScalarNode scalar, FieldContext context)
    {
        try
        {
            if (CronExpression.Parse(scalar.Text).GetNextOccurrence(Any, inclusive: true) is not null)
                return JsonValue.Create(scalar.Text);
            context.Problems.Add(scalar.Where, $"{context.Path} names a date that never comes", "correct the day or the month");
            return null;
        }
        catch (CronFormatException e)
        {
            return Mismatch(scalar, context, Fix(scalar.Text, e));
        }
    }

    protected override JsonNode Sample(string placeholder) => JsonValue.Create("0 0 * * *");

    protected override JsonObject Schema() => new() { ["type"] = "string", ["minLength"] = 1, ["examples"] = new JsonArray("0 2 * * 6", "30 1 * * MON-FRI") };

    private static string Fix(string text, CronFormatException problem) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == 6 ? "leave the seconds out" : problem.Message.ReplaceLineEndings(" ");
}
