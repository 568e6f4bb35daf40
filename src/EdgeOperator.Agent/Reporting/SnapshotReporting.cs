using System.Collections.Immutable;
using System.IO.Compression;
using System.Security.Cryptography;
using EdgeOperator.Agent.Sources.Twin;
using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Snapshots;
using EdgeOperator.Git;

namespace EdgeOperator.Agent.Reporting;

/// <summary>
/// Sends the hub a snapshot of the device, where the hub takes them: when it has changed, at most every few seconds, and again after a
/// while, for a hub may have been restored from a backup.
/// </summary>
/// <param name="recipients">For whom secrets for the device are encrypted.</param>
internal sealed class SnapshotReporting(IReadOnlyCollection<TwinSource> twins, StatusBoard board, AgentConfiguration configuration, Func<ImmutableArray<string>> recipients, KindSet kinds, TimeProvider time)
{
    /// <summary>Bytes that a hub takes.</summary>
    private const int MostBytes = 2 * 1024 * 1024;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RenewAfter = TimeSpan.FromHours(6);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <summary>Runs until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) =>
        twins.Count == 0 ? Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, time, cancellation) : Task.WhenAll(twins.Select(t => RunAsync(t, cancellation)));

    private async Task RunAsync(TwinSource twin, CancellationToken cancellation)
    {
        (KnownState? Looked, string? Hash, long At) sent = default;
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            var known = board.Known;
            var isDue = sent.Hash is null || time.GetElapsedTime(sent.At) >= RenewAfter;
            if (known is null || !twin.TakesSnapshots || (ReferenceEquals(known, sent.Looked) && !isDue))
                continue;
            var snapshot = DeviceSnapshot.Of(kinds, configuration.Device, known.Observed, known.Ledger, known.LastGood, known.BackOff, known.At) with { Agent = AgentVersion.Number, Recipients = recipients(), AllowedRoots = configuration.Files.AllowedRoots };

            // The time of a pass is no change.
            var hash = Convert.ToHexString(SHA256.HashData(SnapshotDocument.Write(snapshot with { Now = DateTimeOffset.UnixEpoch }, kinds)));
            if (hash == sent.Hash && !isDue)
            {
                sent.Looked = known;
                continue;
            }

            var isTaken = await SendAsync(twin, SnapshotDocument.Write(snapshot, kinds), cancellation);
            sent = isTaken ? (known, hash, time.GetTimestamp()) : default;
            if (!isTaken)
                await Task.Delay(RetryAfter, time, cancellation);
        }
    }

    /// <returns>Whether there is nothing more to do about this one.</returns>
    private async Task<bool> SendAsync(TwinSource twin, byte[] json, CancellationToken cancellation)
    {
        var body = Packed(json);
        if (json.Length > SnapshotDocument.MostBytes || body.Length > MostBytes)
            return true;
        using var deadline = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            await twin.SendSnapshotAsync(body, either.Token);
            return true;
        }
        catch (FetchException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private static byte[] Packed(byte[] json)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(json);
        return packed.ToArray();
    }
}
