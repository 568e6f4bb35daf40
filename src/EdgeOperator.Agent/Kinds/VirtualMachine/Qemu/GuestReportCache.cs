using System.Runtime.Versioning;
using EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>What one machine's guest last reported of itself since the machine was started.</summary>
[SupportedOSPlatform("linux")]
internal sealed class GuestReportCache(SshTunnel tunnel, TimeProvider time)
{
    private const string Command = "/usr/lib/edgeop/report";

    /// <summary>A report that is no older is not asked for again.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    /// <summary>An observation of all machines can't wait for one that does not answer.</summary>
    private static readonly TimeSpan ObserveTimeout = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private LastReport? _last;

    /// <summary>Asks the guest, unless it has answered lately.</summary>
    /// <param name="process">The machine's: another one's guest has reported nothing yet.</param>
    public async Task<GuestObservation> ObserveAsync(ProcessIdentity process, CancellationToken cancellation)
    {
        LastReport last;
        Task asking;
        lock (_lock)
        {
            if (_last is null || _last.Process != process)
                _last = new(process);
            last = _last;
            if (last.Asking.IsCompleted && (last.Report is null || time.GetElapsedTime(last.At) > Fresh))
                last.Asking = AskAsync(last);
            asking = last.Asking;
        }

        await Task.WhenAny(asking, Task.Delay(ObserveTimeout, time, cancellation));
        cancellation.ThrowIfCancellationRequested();
        return new(last.Report, last.Report is null ? TimeSpan.Zero : time.GetElapsedTime(last.At));
    }

    /// <summary>Something in the guest was changed: what it reported before is out of date.</summary>
    public void Expire()
    {
        lock (_lock)
        {
            if (_last is { } last)
                last.At -= (long)(Fresh.TotalSeconds * time.TimestampFrequency);
        }
    }

    private async Task AskAsync(LastReport last)
    {
        var asked = time.GetUtcNow();
        try
        {
            if (tunnel.IsOpen && await tunnel.RunAsync(Command, default, AnswerTimeout, CancellationToken.None) is { ExitCode: 0 } answer
                && GuestReportText.Parse(answer.Text) is { } report)
                (last.Report, last.At) = (report with { ClockOffset = ClockOffset.Of(report.Time, asked, time.GetUtcNow()) }, time.GetTimestamp());
        }
        catch (IOException)
        {
            // It boots, or is silent; for how long is known.
        }
    }

    private sealed class LastReport(ProcessIdentity process)
    {
        public Task Asking { get; set; } = Task.CompletedTask;

        public ProcessIdentity Process => process;

        public GuestReport? Report { get; set; }

        public long At { get; set; }
    }
}

/// <param name="Report">Null until the guest has answered.</param>
/// <param name="Age">Time since the report; zero while there is none.</param>
internal readonly record struct GuestObservation(GuestReport? Report, TimeSpan Age);
