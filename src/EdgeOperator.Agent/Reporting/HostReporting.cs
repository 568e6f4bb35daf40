using System.Text.Json;
using EdgeOperator.Agent.Hardware;
using EdgeOperator.Agent.Sources.Twin;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Reporting;

/// <summary>
/// Looks at how busy and how full the device is, and when its certificates end. What changes seldom goes into its status; the figures go to
/// hubs that keep them, as messages.
/// </summary>
internal sealed class HostReporting(IReadOnlyCollection<TwinSource> twins, StatusBoard board, AgentConfiguration configuration, TimeProvider time)
{
    /// <summary>Between two looks.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Between two messages.</summary>
    private static readonly TimeSpan SendInterval = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(30);

    // Of each its own: the share of the processors' time is that since the reading before.
    private readonly HostReader _looked = new();
    private readonly HostReader _sent = new();

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        Look();
        await Task.WhenAll(twins.Select(twin => SendAsync(twin, cancellation)).Append(LookAsync(cancellation)));
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(cancellation))
            Look();
    }

    private void Look()
    {
        var before = board.Facts;
        var host = HostSummary.Of(_looked.Read(), before.Host);
        var certificates = DeviceCertificates.Read(configuration, source => RevisionStore.EnrolledCertificate(configuration.StateDirectory, source));
        if (!ReferenceEquals(host, before.Host) || before.Certificates is not { } known || !known.SequenceEqual(certificates))
            board.Facts = new(host, certificates);
    }

    // The first message comes with the hub's first sign of taking it, so that a device that was just added has figures.
    private async Task SendAsync(TwinSource twin, CancellationToken cancellation)
    {
        _sent.Read();
        var sentAt = time.GetTimestamp() - (long)(SendInterval.TotalSeconds * time.TimestampFrequency);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(10), time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            if (!twin.TakesSnapshots || time.GetElapsedTime(sentAt) < SendInterval)
                continue;
            using var deadline = new CancellationTokenSource(SendTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
            try
            {
                await twin.SendFiguresAsync(JsonSerializer.SerializeToUtf8Bytes(_sent.Read(), ProtocolJson.Default.HostFigures), either.Token);
                sentAt = time.GetTimestamp();
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                // With the next tick.
            }
        }
    }
}
