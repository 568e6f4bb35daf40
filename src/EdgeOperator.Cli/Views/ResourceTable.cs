using EdgeOperator.Cli.Output;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Views;

/// <summary>Resources, a line each.</summary>
internal static class ResourceTable
{
    public static Grid Of(IEnumerable<ResourceStatus> resources, Printer printer)
    {
        var grid = printer.IsWide
            ? new Grid("RESOURCE", new("READY", 1), new("STATE", 2), new("REASON", 3), new("SINCE", 4), new("WHAT", 5, Wraps: true), new("DETAILS", 6, Wraps: true), Column.Message)
            : new Grid("RESOURCE", new("READY", 1), new("STATE", 2), new("WHAT", 5, Wraps: true, IsId: true), Column.Message);
        foreach (var resource in resources)
            grid.Add(Row(resource, printer));

        return grid;
    }

    public static Cell State(ResourceStatus resource) => resource.Progress is { } progress
        ? new Cell($"{resource.State} {Bytes.Of(progress.Done, progress.Total)}", Tone.Busy)
        {
            Progress = progress.Total > 0 ? (double)progress.Done / progress.Total : null,
        }
        : (Cell)resource.State;

    private static Cell[] Row(ResourceStatus resource, Printer printer)
    {
        var ready = ConditionCells.Ready(resource.Conditions);
        Cell name = new($"{resource.Kind}/{resource.Name}", Tone.Strong);
        if (!printer.IsWide)
            return [name, ConditionCells.Status(ready), State(resource), resource.Summary, ready?.Message];

        var details = string.Join(' ', resource.Details.Select(d => $"{d.Key}={d.Value}"));
        return [name, ConditionCells.Status(ready), State(resource), ready?.Reason, printer.Times.Moment(ready?.LastTransitionTime), resource.Summary, details, ready?.Message];
    }
}
