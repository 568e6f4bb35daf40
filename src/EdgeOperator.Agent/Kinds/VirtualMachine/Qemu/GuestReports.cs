using System.Collections.Concurrent;
using System.Runtime.Versioning;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>What the guests last said of themselves, each since its machine was started.</summary>
[SupportedOSPlatform("linux")]
internal sealed class GuestReports(SshTunnels bridges, TimeProvider time)
{
    private const string Command = "/usr/lib/edgeop/report";

    /// <summary>What is no older need not be asked for again.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Whoever looks at all machines can't wait for one that does not answer.</summary>
    private static readonly TimeSpan LookTimeout = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, ReportedState> _heard = new();

    /// <summary>Asks a guest, unless it has answered lately.</summary>
    /// <param name="process">The machine's: another one's guest has said nothing yet.</param>
    public async Task<GuestObservation> OfAsync(MachineFolder machine, ProcessIdentity process, CancellationToken cancellation)
    {
        var heard = _heard.AddOrUpdate(machine.Name, _ => new(process), (_, known) => known.Process == process ? known : new(process));
        Task asking;
        lock (heard)
        {
            if (heard.Asking.IsCompleted && (heard.Report is null || time.GetElapsedTime(heard.At) > Fresh))
                heard.Asking = AskAsync(machine, heard);
            asking = heard.Asking;
        }

        await Task.WhenAny(asking, Task.Delay(LookTimeout, time, cancellation));
        cancellation.ThrowIfCancellationRequested();
        return new(heard.Report, heard.Report is null ? TimeSpan.Zero : time.GetElapsedTime(heard.At));
    }

    /// <summary>Something in the guest was changed: what it said before is out of date.</summary>
    public void Forget(MachineFolder machine)
    {
        if (_heard.TryGetValue(machine.Name, out var heard))
            heard.At -= (long)(Fresh.TotalSeconds * time.TimestampFrequency);
    }

    private async Task AskAsync(MachineFolder machine, ReportedState heard)
    {
        try
        {
            var bridge = bridges.Of(machine);
            if (bridge.IsOpen && await bridge.RunAsync(Command, default, AnswerTimeout, CancellationToken.None) is { ExitCode: 0 } answer
                && GuestReportText.Parse(answer.Text) is { } report)
                (heard.Report, heard.At) = (report, time.GetTimestamp());
        }
        catch (IOException)
        {
            // It boots, or is silent; for how long is known.
        }
    }

    private sealed class ReportedState(ProcessIdentity process)
    {
        public Task Asking { get; set; } = Task.CompletedTask;

        public ProcessIdentity Process => process;

        public GuestReport? Report { get; set; }

        public long At { get; set; }
    }
}

/// <param name="Report">Null until the guest has answered.</param>
/// <param name="Silent">How long ago that was.</param>
internal readonly record struct GuestObservation(GuestReport? Report, TimeSpan Silent);
