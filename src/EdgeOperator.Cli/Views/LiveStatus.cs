using EdgeOperator.Cli.Output;
using EdgeOperator.Core.Protocol;
using Spectre.Console;

namespace EdgeOperator.Cli.Views;

/// <summary>Statuses drawn one over the other on a terminal.</summary>
internal static class LiveStatus
{
    public static Task DrawAsync(IAsyncEnumerable<DeviceStatus> statuses, Printer printer, CancellationToken cancellation) => printer.Live()
        .Live(Text.Empty)
        .Overflow(VerticalOverflow.Crop)
        .StartAsync(async live =>
        {
            await foreach (var status in statuses.WithCancellation(cancellation))
            {
                live.UpdateTarget(Picture(status, printer));
                live.Refresh();
            }
        });

    private static Rows Picture(DeviceStatus status, Printer printer) =>
        new(StatusView.Of(status, printer).Where(g => g.Rows.Count > 0).SelectMany(g => new[] { printer.Draw(g), Text.Empty }));
}
