using EdgeOperator.Cli.Output;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Views;

/// <summary>Events, a line each, oldest first.</summary>
internal static class EventTable
{
    public static Grid Of(IEnumerable<EventRecord> events, Printer printer)
    {
        var grid = printer.IsWide
            ? new Grid("TIME", new("LEVEL", 1), new("RESOURCE", 2), new("REASON", 3), new("REVISION", 5), new("STEP", 6, Wraps: true), Column.Message)
            : new Grid("TIME", new("LEVEL", 1), new("RESOURCE", 2), new("REASON", 3), Column.Message);
        foreach (var record in events)
            grid.Add(Row(record, printer));

        return grid;
    }

    /// <summary>An event as a line of its own, for a stream of them.</summary>
    public static string Line(EventRecord record) =>
        $"{record.At.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}  {record.Level,-7}  {new Cell($"{record.Resource ?? "device"}  {record.Reason}: {Message(record)}").Text}";

    private static Cell[] Row(EventRecord record, Printer printer)
    {
        Cell time = new(printer.Times.Moment(record.At), Tone.Faint);
        Cell level = new(record.Level.ToString(), record.Level == EventLevel.Warning ? Tone.Busy : Tone.Plain);
        Cell reason = new(record.Reason, Tone.Strong);
        return printer.IsWide
            ? [time, level, record.Resource, reason, record.Revision, record.Step, Message(record)]
            : [time, level, record.Resource, reason, Message(record)];
    }

    private static string Message(EventRecord record) => record.Count > 1 ? $"{record.Message} (×{record.Count})" : record.Message;
}
