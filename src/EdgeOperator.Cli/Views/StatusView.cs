using EdgeOperator.Cli.Output;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Views;

/// <summary>A device at a glance: what it is, where its revision comes from, its conditions, and a line a resource.</summary>
internal static class StatusView
{
    public static IEnumerable<Grid> Of(DeviceStatus status, Printer printer) =>
        [Device(status, printer), ConditionCells.Table(status.Conditions, printer), ResourceTable.Of(status.Resources, printer)];

    private static Grid Device(DeviceStatus status, Printer printer)
    {
        var times = printer.Times;
        var grid = new Grid();
        grid.Add(Label("Device"), new(status.Device, Tone.Strong));
        grid.Add(Label("Agent"), $"{status.AgentVersion}, started {times.Moment(status.StartedAt)}{Suffix(", last pass", times.Moment(status.LastPassAt))}");
        foreach (var source in status.Sources)
            grid.Add(Label("Source"), SourceLine(source, times));

        grid.Add(Label("Revision"), RevisionLine(status));
        if (status.HeldAt is { } held)
            grid.Add(Label("Held"), new($"at {held} by a roll-back, until `edgeop resume` or a commit that changes what the device is made of", Tone.Busy));

        foreach (var update in status.Resources.Where(resource => resource.Kind == KindNames.SystemUpdate))
            grid.Add(Label("Update"), UpdateTable.Line(update));

        if (status.Suspended)
            grid.Add(Label("Suspended"), new("yes, until `edgeop resume`", Tone.Busy));

        return grid;
    }

    private static Cell SourceLine(SourceStatus source, Times times)
    {
        var isReady = source.Ready.Status == Core.State.ConditionStatus.True;
        var what = $"{source.Name} ({source.Kind} {source.Location})";
        var next = Suffix(", next poll", times.Ahead(source.NextPollAt));
        return isReady
            ? (Cell)$"{what} at {Short(source.Revision)}, fetched {times.Moment(source.FetchedAt)}{next}"
            : new Cell($"{what} {source.Ready.Reason}: {source.Ready.Message}{Suffix(", still at", Short(source.Revision))}{next}", Tone.Bad);
    }

    private static string RevisionLine(DeviceStatus status)
    {
        if (status.Applied is not { } applied)
            return status.Desired is { } first ? $"none yet, {first.Display} is on its way" : "none yet";

        var next = status.Desired is { } desired && desired.Id != applied.Id ? $", {desired.Display} is desired" : "";
        var good = status.LastGood is { } last && last.Id != applied.Id ? $", last good {last.Display}" : "";
        return applied.Display + next + good;
    }

    /// <summary>A commit id's beginning, as Git shows it; anything else as it is.</summary>
    private static string Short(string? revision) => revision is { Length: >= 40 } id && id.All(char.IsAsciiHexDigit) ? id[..7] : revision ?? "";

    private static string Suffix(string words, string? value) => string.IsNullOrEmpty(value) ? "" : $"{words} {value}";

    private static Cell Label(string text) => new(text, Tone.Faint);
}
