using System.Text;
using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Hub.Fleets;

/// <summary>A plan for a fleet as a comment on a pull request. What devices and repositories say stands as code, so that it can't be anything else.</summary>
internal static class FleetPlanMarkdown
{
    private const int MostLines = 30;

    public static string Of(JsonObject answer)
    {
        var plan = answer["plan"]!;
        var text = new StringBuilder();
        text.Append("### ").Append(Code(FleetPlanText.Title(answer))).Append("\n\n");
        text.Append("| devices | would change | would not | can't take it | can't be planned for | restarts | to fetch |\n|---|---|---|---|---|---|---|\n");
        text.Append($"| {plan["devices"]} | **{plan["changed"]}** | {plan["unchanged"]} | {Warned((int)plan["invalid"]!)} | {plan["unknown"]} | {plan["restarts"]} | {FleetPlanText.Downloads(plan) ?? "nothing"} |\n");
        foreach (var group in plan["groups"]!.AsArray().Select(group => group!))
            Add(text, group);
        foreach (var group in plan["unplanned"]!.AsArray().Select(group => group!))
            text.Append($"\n{FleetPlanText.Count((int)group["devices"]!, "device")} ({Code(FleetPlanText.Names(group))}): {Code((string)group["reason"]!)}\n");
        if ((int)plan["otherGroups"]! is > 0 and var others)
            text.Append($"\n{others} further groups are not shown.\n");
        if (plan["downloads"]!.AsArray() is { Count: > 0 } downloads)
        {
            text.Append("\n<details><summary>Downloads</summary>\n\n");
            foreach (var download in downloads)
                text.Append("- ").Append(Code(FleetPlanText.Download(download!))).Append('\n');
            text.Append("\n</details>\n");
        }

        return text.ToString();
    }

    private static void Add(StringBuilder text, JsonNode group)
    {
        var steps = group["steps"]!.AsArray().Select(line => (string)line!).ToArray();
        var problems = group["problems"]!.AsArray().Select(line => (string)line!).ToArray();
        var what = steps.Length == 0 && problems.Length == 0 ? "nothing to do" : (bool)group["isInvalid"]! ? "can't take it" : FleetPlanText.Count(steps.Length, "step");
        text.Append($"\n<details><summary>{FleetPlanText.Count((int)group["devices"]!, "device")}: {what}</summary>\n\n{Code(FleetPlanText.Names(group))}\n");
        if (problems.Length + steps.Length > 0)
        {
            // A fence that nothing in it can end.
            var lines = problems.Select(problem => $"! {problem}").Concat(steps).Select(Line).Take(MostLines).ToList();
            var fence = new string('`', Math.Max(3, lines.Max(LongestFence) + 1));
            text.Append($"\n{fence}diff\n{string.Join('\n', lines)}\n{fence}\n");
            if (problems.Length + steps.Length > MostLines)
                text.Append($"\nand {problems.Length + steps.Length - MostLines} more\n");
        }

        text.Append("\n</details>\n");
    }

    private static string Warned(int count) => count > 0 ? $"**{count}** :warning:" : "0";

    private static string Code(string text)
    {
        var line = Line(text);
        var fence = new string('`', LongestFence(line) + 1);
        return line.StartsWith('`') || line.EndsWith('`') ? $"{fence} {line} {fence}" : $"{fence}{line}{fence}";
    }

    private static string Line(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Replace("|", "¦", StringComparison.Ordinal);

    private static int LongestFence(string text)
    {
        var (longest, current) = (0, 0);
        foreach (var c in text)
        {
            current = c == '`' ? current + 1 : 0;
            longest = Math.Max(longest, current);
        }

        return longest;
    }
}
