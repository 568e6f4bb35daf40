using System.Runtime.CompilerServices;
using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Cli.Output;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Views;

/// <summary>The status again and again: in place on a terminal, otherwise anew whenever it has changed.</summary>
internal sealed class StatusWatch(AgentApiClient agent, Call call)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.5);

    public async Task RunAsync(CancellationToken cancellation)
    {
        var first = await agent.GetStatusAsync(cancellation);
        var statuses = StatusesAsync(first, cancellation);
        try
        {
            await (call.Printer.IsDrawn ? LiveStatus.DrawAsync(statuses, call.Printer, cancellation) : RepeatAsync(statuses));
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task RepeatAsync(IAsyncEnumerable<DeviceStatus> statuses)
    {
        var shown = "";
        await foreach (var status in statuses)
        {
            // A pass that changed nothing is no news.
            var now = JsonText.Render(Documents.Of(status with { LastPassAt = null }), indented: false);
            if (now == shown)
                continue;

            Print(status, isFirst: shown.Length == 0);
            shown = now;
        }
    }

    private void Print(DeviceStatus status, bool isFirst)
    {
        if (call.Printer.IsDocument)
        {
            call.Printer.PrintNext(Documents.Of(status));
            return;
        }

        call.Printer.Out.Write(isFirst ? "" : "\n");
        call.Printer.Print(StatusView.Of(status, call.Printer));
    }

    private async IAsyncEnumerable<DeviceStatus> StatusesAsync(DeviceStatus first, [EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return first;
        using var timer = new PeriodicTimer(Interval, call.Terminal.Time);
        while (await timer.WaitForNextTickAsync(cancellation))
            yield return await agent.GetStatusAsync(cancellation);
    }
}
