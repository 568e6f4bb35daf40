using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Snapshots;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Platform.Streams;

namespace EdgeOperator.Hub.Snapshots;

/// <param name="At">When it came.</param>
/// <param name="Snapshot">Null when it is of a later version than this hub knows.</param>
internal sealed record KnownSnapshot(string DeviceId, DateTimeOffset At, DeviceSnapshot? Snapshot);

/// <summary>What devices have sent of themselves, so that the hub can plan for them.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim holds nothing to dispose unless its wait handle is asked for.")]
internal sealed class DeviceSnapshots(IHubStore store, TimeProvider time)
{
    /// <summary>Bytes of a body as it is sent, gzipped.</summary>
    public const int MostBytes = 2 * 1024 * 1024;

    private const int PageSize = 100;

    /// <summary>A snapshot is checked as a whole in memory.</summary>
    private const int MostAtOnce = 4;

    private static readonly TimeSpan LeastInterval = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _checking = new(MostAtOnce);

    public Task<StoredSnapshot?> FindAsync(string deviceId, CancellationToken cancellation) => store.FindSnapshotAsync(deviceId, cancellation);

    /// <summary>Snapshots of all devices that have sent one, in the order of their names; a page of them is in memory at a time.</summary>
    public async IAsyncEnumerable<KnownSnapshot> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var after = "";
        while (await store.ScanSnapshotsAsync(after, PageSize, cancellation) is { Count: > 0 } page)
        {
            foreach (var stored in page)
                yield return await ReadAsync(stored, cancellation);
            after = page[^1].DeviceId;
        }
    }

    /// <summary>What was stored, to plan with.</summary>
    public static async Task<KnownSnapshot> ReadAsync(StoredSnapshot stored, CancellationToken cancellation)
    {
        var json = await UnpackAsync(stored.Body, cancellation);
        try
        {
            return new(stored.DeviceId, stored.At, SnapshotDocument.Read(json, RegisteredKinds.All));
        }
        catch (JsonException)
        {
            return new(stored.DeviceId, stored.At, null);
        }
    }

    /// <exception cref="InvalidDataException">It is not gzipped.</exception>
    /// <exception cref="InputTooLargeException">It is too large when it is unpacked.</exception>
    public static async Task<byte[]> UnpackAsync(byte[] body, CancellationToken cancellation) =>
        await BoundedStream.ReadAllAsync(new GZipStream(new MemoryStream(body), CompressionMode.Decompress), SnapshotDocument.MostBytes, "the snapshot", cancellation);

    /// <param name="body">As the device has sent it, gzipped.</param>
    /// <exception cref="ServiceException">It is no snapshot, or comes too soon.</exception>
    public async Task WriteAsync(string deviceId, byte[] body, CancellationToken cancellation)
    {
        await _checking.WaitAsync(cancellation);
        try
        {
            var now = time.GetUtcNow();
            if (await store.FindSnapshotAsync(deviceId, cancellation) is { } before && now - before.At is var age && age >= TimeSpan.Zero && age < LeastInterval)
                throw new ServiceException(ServiceError.ThrottlingException, "too many snapshots: try again later") { RetryAfter = LeastInterval };
            var json = await CheckedAsync(body, cancellation);
            var snapshot = new StoredSnapshot(deviceId, now, Convert.ToHexStringLower(SHA256.HashData(json))[..32], Packed(json));
            if (!await store.WriteSnapshotAsync(snapshot, cancellation))
                throw new ServiceException(ServiceError.DeviceNotFound, $"{new IdentityKey(deviceId)} is not registered");
        }
        finally
        {
            _checking.Release();
        }
    }

    private static async Task<byte[]> CheckedAsync(byte[] body, CancellationToken cancellation)
    {
        try
        {
            return SnapshotDocument.Checked(await UnpackAsync(body, cancellation), RegisteredKinds.All);
        }
        catch (InputTooLargeException e)
        {
            throw new ServiceException(ServiceError.MessageTooLarge, e.Message);
        }
        catch (Exception e) when (e is InvalidDataException or JsonException)
        {
            throw new ServiceException(ServiceError.ArgumentInvalid, $"the body is no gzipped snapshot: {e.Message}");
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
