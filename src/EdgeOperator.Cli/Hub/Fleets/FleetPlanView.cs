using System.Text.Json.Nodes;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Hub.Fleets;

/// <summary>A plan for a fleet on a terminal.</summary>
internal static class FleetPlanView
{
    public static void Print(JsonObject answer, Printer printer)
    {
        var plan = answer["plan"]!;
        printer.PrintLine(FleetPlanText.Title(answer), Tone.Strong);
        printer.PrintLine(FleetPlanText.Summary(plan));
        if (FleetPlanText.Downloads(plan) is { } downloads)
            printer.PrintLine(downloads);
        foreach (var group in plan["groups"]!.AsArray().Select(group => group!))
        {
            var (steps, problems) = (Lines(group["steps"]), Lines(group["problems"]));
            printer.Out.WriteLine();
            printer.PrintLine($"{FleetPlanText.Count((int)group["devices"]!, "device")} ({FleetPlanText.Names(group)}){(steps.Length == 0 && problems.Length == 0 ? ": nothing to do" : "")}", Tone.Strong);
            foreach (var problem in problems)
                printer.PrintLine($"  ! {problem}", Tone.Bad);
            foreach (var step in steps)
                printer.PrintLine($"  {step}");
        }

        foreach (var group in plan["unplanned"]!.AsArray().Select(group => group!))
        {
            printer.Out.WriteLine();
            printer.PrintLine($"{FleetPlanText.Count((int)group["devices"]!, "device")} ({FleetPlanText.Names(group)}): {(string?)group["reason"]}", Tone.Faint);
        }

        if ((int)plan["otherGroups"]! is > 0 and var others)
            printer.PrintLine($"{others} further groups are not shown", Tone.Faint);
        if (plan["downloads"]!.AsArray().Count > 0)
            printer.Out.WriteLine();
        foreach (var download in plan["downloads"]!.AsArray())
            printer.PrintLine($"fetch {FleetPlanText.Download(download!)}");
    }

    private static string[] Lines(JsonNode? lines) => [.. lines!.AsArray().Select(line => (string)line!)];
}
