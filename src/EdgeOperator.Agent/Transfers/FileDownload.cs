using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Transfers;

/// <summary>Copies or downloads a file that is known by its hash. What an interrupted transfer has brought is not fetched again.</summary>
internal sealed class FileDownload : IDisposable
{
    /// <summary>Without a byte for so long, nothing more is expected.</summary>
    private static readonly TimeSpan Stalled = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Fetches what is wanted, unless it is something else: then nothing is left of it.</summary>
    /// <exception cref="TransferException">It can't be fetched, or is something else.</exception>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public async Task FetchAsync(WantedFile wanted, string file, Action<TransferProgress> progress, CancellationToken cancellation)
    {
        var begun = new FileInfo(file) is { Exists: true, Length: > 0 };
        var found = await HashOfAsync(wanted, file, progress, cancellation);

        // The other end may have another file than the one whose beginning is here.
        if (found != wanted.Sha256 && begun && wanted.IsRemote)
        {
            File.Delete(file);
            found = await HashOfAsync(wanted, file, progress, cancellation);
        }

        if (found == wanted.Sha256)
            return;
        File.Delete(file);
        throw new TransferException($"{wanted.Prefix}Changed", $"{wanted.Location} has the SHA-256 {found}, not {wanted.Sha256}: correct the manifest, or put the right file there");
    }

    public void Dispose() => _http.Dispose();

    private async Task<string> HashOfAsync(WantedFile wanted, string file, Action<TransferProgress> progress, CancellationToken cancellation)
    {
        try
        {
            return wanted.IsRemote
                ? await FetchRemoteAsync(wanted, file, progress, cancellation)
                : await FetchLocalAsync(wanted, file, progress, cancellation);
        }
        catch (HttpRequestException e)
        {
            throw new TransferException($"{wanted.Prefix}NotFetched", $"{wanted.Location} can't be fetched: {e.Message}", e);
        }
    }

    private static async Task<string> FetchLocalAsync(WantedFile wanted, string file, Action<TransferProgress> progress, CancellationToken cancellation)
    {
        FileStream source;
        try
        {
            source = ReferencedFile.OpenRead(wanted.Location);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TransferException($"{wanted.Prefix}NotFetched", $"the {wanted.Noun} {wanted.Location} can't be read: {e.Message}", e);
        }

        await using (source)
        {
            await using var target = Open(file, append: false);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            return await CopyAsync(wanted, source, target, hash, source.Length, progress, () => { }, cancellation);
        }
    }

    private async Task<string> FetchRemoteAsync(WantedFile wanted, string file, Action<TransferProgress> progress, CancellationToken cancellation)
    {
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stall.CancelAfter(Stalled);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var there = await AddAsync(hash, file, cancellation);
            stall.CancelAfter(Stalled);
            using var request = new HttpRequestMessage(HttpMethod.Get, wanted.Location);
            if (there > 0)
                request.Headers.Range = new RangeHeaderValue(there, null);
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stall.Token);
            if (answer.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
                return Convert.ToHexStringLower(hash.GetHashAndReset());
            if (!answer.IsSuccessStatusCode)
                throw new TransferException($"{wanted.Prefix}NotFetched", $"{wanted.Location} answers {(int)answer.StatusCode}");
            var goesOn = answer.StatusCode == HttpStatusCode.PartialContent && answer.Content.Headers.ContentRange?.From == there;
            if (!goesOn)
                hash.GetHashAndReset();

            await using var source = await answer.Content.ReadAsStreamAsync(stall.Token);
            await using var target = Open(file, append: goesOn);
            return await CopyAsync(wanted, source, target, hash, target.Length + (answer.Content.Headers.ContentLength ?? 0), progress, () => stall.CancelAfter(Stalled), stall.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TransferException($"{wanted.Prefix}NotFetched", $"{wanted.Location} has sent nothing for {Stalled.TotalSeconds:0} s; what is there already is kept");
        }
        catch (HttpIOException e)
        {
            throw new TransferException($"{wanted.Prefix}NotFetched", $"{wanted.Location} has ended too early: {e.Message}; what is there already is kept", e);
        }
    }

    private static async Task<string> CopyAsync(
        WantedFile wanted, Stream source, FileStream target, IncrementalHash hash, long total, Action<TransferProgress> progress, Action advanced, CancellationToken cancellation)
    {
        if (total - target.Length > new DriveInfo(Path.GetDirectoryName(target.Name)!).AvailableFreeSpace)
            throw new TransferException("DiskFull", $"the {wanted.Noun} has {total / 1e6:0.0} MB, more than there is room for beside {target.Name}");
        var buffer = new byte[256 * 1024];
        while (await source.ReadAsync(buffer, cancellation) is var count and > 0)
        {
            advanced();
            hash.AppendData(buffer, 0, count);
            await target.WriteAsync(buffer.AsMemory(0, count), cancellation);
            progress(new(target.Position, total));
        }

        target.Flush(flushToDisk: true);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static async Task<long> AddAsync(IncrementalHash hash, string file, CancellationToken cancellation)
    {
        if (!File.Exists(file))
            return 0;
        await using var there = File.OpenRead(file);
        var buffer = new byte[256 * 1024];
        while (await there.ReadAsync(buffer, cancellation) is var count and > 0)
            hash.AppendData(buffer, 0, count);
        return there.Length;
    }

    private static FileStream Open(string file, bool append) =>
        new(file, append ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0, useAsync: true);
}

/// <param name="Location">A URL (http, https), or an absolute path on the device.</param>
/// <param name="Sha256">In lower-case hex.</param>
/// <param name="Noun">What the file is, for people: one word.</param>
internal sealed record WantedFile(string Location, string Sha256, string Noun)
{
    public bool IsRemote => Location.Contains("://", StringComparison.Ordinal);

    /// <summary>Begins reasons that are about it.</summary>
    public string Prefix => char.ToUpperInvariant(Noun[0]) + Noun[1..];
}

/// <summary>A file can't be had. <paramref name="reason"/> is one CamelCase word.</summary>
internal class TransferException(string reason, string message, Exception? inner = null) : Exception(message, inner)
{
    public string Reason { get; } = reason;
}
