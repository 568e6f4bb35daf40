using System.Collections.Immutable;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Checks;

/// <summary>
/// Looks at all that the device depends on, as <c>iotedge check</c> does: each finding says what to do. Beside the agent or inside of it, and
/// whether one runs or not; nothing is changed.
/// </summary>
public static class DeviceChecks
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    /// <param name="status">Of the running agent; null where none answers.</param>
    /// <param name="absence">Why no agent answers.</param>
    public static async Task<CheckReport> RunAsync(AgentConfiguration configuration, DeviceStatus? status, string? absence, TimeProvider time, CancellationToken cancellation)
    {
        var context = new CheckContext(configuration, status, absence, source => RevisionStore.EnrolledCertificate(configuration.StateDirectory, source), time);
        var network = NetworkProbe.RunAsync(configuration, time, cancellation);
        (string Area, Check Check)[] checks =
        [
            ("agent", AgentCheck.RunAsync),
            ("engine", EngineCheck.RunAsync),
            ("dns", async (_, _) => NetworkCheck.Dns(await network)),
            ("sources", async (c, _) => SourceCheck.Run(c, await network)),
            ("hub", async (c, _) => NetworkCheck.Hub(c, await network)),
            ("clock", async (_, _) => ClockCheck.Run(await network)),
            ("certificates", async (c, _) => CertificateCheck.Run(c, await network)),
            ("disk", DiskCheck.RunAsync),
            ("memory", MemoryCheck.RunAsync),
            ("accelerators", AcceleratorCheck.RunAsync),
            ("permissions", PermissionCheck.RunAsync),
        ];
        var results = await Task.WhenAll(checks.Select(c => RunAsync(c.Area, c.Check, context, cancellation)));
        return new(configuration.Device.Name, AgentVersion.Number, time.GetUtcNow(), [.. results.SelectMany(r => r)]);
    }

    private static async Task<ImmutableArray<CheckResult>> RunAsync(string area, Check check, CheckContext context, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Timeout);
        try
        {
            return [.. await check(context, limit.Token).WaitAsync(limit.Token)];
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return [CheckResult.Error(area, $"the look at it did not end within {Timeout.TotalSeconds:0} s", "see what is slow there: a network drive, a name server, an engine that hangs")];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException or NotSupportedException)
        {
            return [CheckResult.Error(area, $"it can't be looked at: {e.Message}", "run it as root, as the agent runs")];
        }
    }
}
