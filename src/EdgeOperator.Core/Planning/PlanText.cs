using System.Collections.Immutable;
using System.Text;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Planning;

/// <summary>A plan for people, a line a step: <c>+</c> adds, <c>~</c> changes, <c>-</c> removes, <c>=</c> waits, <c>!</c> is blocked. What differs follows indented.</summary>
public static class PlanText
{
    private const int MostFields = 30;

    /// <param name="detail">Null leaves out which fields differ, and the summary.</param>
    public static string Render(Plan plan, PlanDetail? detail = null)
    {
        if (plan.IsEmpty && plan.Blocked.IsEmpty)
            return "No changes.\n";

        var text = new StringBuilder();
        var detailed = new HashSet<ResourceId>();
        foreach (var step in plan.Steps.Where(step => step is not Milestone))
        {
            text.Append(Sign(step)).Append(' ').Append(step.Id).Append(": ").Append(step.Reason).Append('\n');

            // Below the first step of a resource that is not only a fetch, which several may share.
            if (detail is not null && step is not (Fetch or AwaitReady) && detail.Fields.TryGetValue(step.Resource, out var fields) && detailed.Add(step.Resource))
                Describe(fields, text);
        }

        foreach (var block in plan.Blocked)
        {
            text.Append("! ").Append(block.Resource).Append(" is blocked (").Append(block.Word).Append("): ").Append(block.Message);
            if (block.Until is { } until)
                text.Append($" (until {until.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC)");
            text.Append('\n');
        }

        if (detail?.Summary.ToString() is { Length: > 0 } summary)
            text.Append(summary).Append('\n');
        return text.ToString();
    }

    private static void Describe(ImmutableArray<FieldChange> fields, StringBuilder text)
    {
        foreach (var field in fields.Take(MostFields))
            text.Append("    ").Append(field).Append('\n');
        if (fields.Length > MostFields)
            text.Append($"    and {fields.Length - MostFields} more\n");
    }

    private static char Sign(Step step) => step.Effect switch
    {
        StepEffect.Add => '+',
        StepEffect.Remove => '-',
        StepEffect.Wait => '=',
        _ => '~',
    };
}
