using System.Text;

namespace EdgeOperator.Core.Planning;

/// <summary>A plan for people, a line a step: <c>+</c> adds, <c>~</c> changes, <c>-</c> removes, <c>=</c> waits, <c>!</c> is held.</summary>
public static class PlanText
{
    public static string Render(Plan plan)
    {
        if (plan.IsEmpty && plan.Blocked.IsEmpty)
            return "No changes.\n";

        var text = new StringBuilder();
        foreach (var step in plan.Steps.Where(step => step is not Milestone))
            text.Append(Sign(step)).Append(' ').Append(step.Id).Append(": ").Append(step.Reason).Append('\n');
        foreach (var hold in plan.Blocked)
        {
            text.Append("! ").Append(hold.Resource).Append(" is held (").Append(hold.Reason).Append("): ").Append(hold.Message);
            if (hold.Until is { } until)
                text.Append($" (until {until.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC)");
            text.Append('\n');
        }

        return text.ToString();
    }

    private static char Sign(Step step) => step.Effect switch
    {
        StepEffect.Add => '+',
        StepEffect.Remove => '-',
        StepEffect.Wait => '=',
        _ => '~',
    };
}
