using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Cli.Output;
using EdgeOperator.Core.Protocol;
using Spectre.Console;

namespace EdgeOperator.Cli.Views;

/// <summary>The status again and again: in place on a terminal, otherwise anew whenever it has changed.</summary>
internal sealed class StatusWatch(AgentApiClient agent, Call call)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.5);

    public async Task RunAsync(CancellationToken cancellation)
    {
        var first = await agent.GetStatusAsync(cancellation);
        try
        {
            if (call.Terminal.IsInteractive && !call.Printer.IsDocument)
                await RefreshAsync(first, cancellation);
            else
                await RepeatAsync(first, cancellation);
        }
        catch (OperationCanceledException)
        {
        }
    }

    private Task RefreshAsync(DeviceStatus first, CancellationToken cancellation) => call.Printer.Live()
        .Live(Picture(first))
        .Overflow(VerticalOverflow.Crop)
        .StartAsync(async live =>
        {
            await foreach (var status in StatusesAsync(first, cancellation))
            {
                live.UpdateTarget(Picture(status));
                live.Refresh();
            }
        });

    private async Task RepeatAsync(DeviceStatus first, CancellationToken cancellation)
    {
        var shown = "";
        await foreach (var status in StatusesAsync(first, cancellation))
        {
            // A pass that changed nothing is no news.
            var document = Documents.Of(status with { LastPassAt = null });
            if (JsonText.Render(document, indented: false) is var now && now == shown)
                continue;

            if (call.Printer.IsDocument)
                call.Printer.PrintNext(Documents.Of(status));
            else
            {
                call.Printer.Out.Write(shown.Length > 0 ? "\n" : "");
                call.Printer.Print(StatusView.Of(status, call.Printer));
            }

            shown = now;
        }
    }

    private async IAsyncEnumerable<DeviceStatus> StatusesAsync(
        DeviceStatus first, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return first;
        using var timer = new PeriodicTimer(Interval, call.Terminal.Time);
        while (await timer.WaitForNextTickAsync(cancellation))
            yield return await agent.GetStatusAsync(cancellation);
    }

    private Rows Picture(DeviceStatus status) =>
        new(StatusView.Of(status, call.Printer).Where(g => g.Rows.Count > 0).SelectMany(g => new[] { RichGrid.Render(g), Text.Empty }));
}
