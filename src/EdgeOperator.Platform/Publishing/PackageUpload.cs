using System.Collections.Concurrent;
using System.Security.Cryptography;
using EdgeOperator.Platform.Streams;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeOperator.Platform.Publishing;

/// <summary>Receives packages, one at a time for each app.</summary>
internal sealed class PackageUpload(PublishingOptions options, TimeProvider time)
{
    private const int BufferSize = 64 * 1024;

    private readonly ConcurrentDictionary<string, bool> _receiving = new();

    /// <exception cref="PublishingException">The package is none, or another one is being received.</exception>
    public async Task<Deployment> ReceiveAsync(PublishedApp app, HttpRequest request, DeploymentOrigin origin, CancellationToken cancellation)
    {
        if (!_receiving.TryAdd(app.Name, true))
            throw new PublishingException(StatusCodes.Status409Conflict, "another package of this app is being received: try again later");
        var incoming = app.IncomingFile;
        try
        {
            var version = await WriteAsync(request, incoming, cancellation);
            ZipPackage.Check(incoming);
            return app.Add(incoming, version, origin, time.GetUtcNow());
        }
        catch (ZipPackageException e)
        {
            var status = e.Fault == ZipFault.TooLarge ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status400BadRequest;
            throw new PublishingException(status, $"the package is refused: {e.Message}");
        }
        catch (InputTooLargeException e)
        {
            throw new PublishingException(StatusCodes.Status413PayloadTooLarge, e.Message);
        }
        finally
        {
            File.Delete(incoming);
            _receiving.TryRemove(app.Name, out _);
        }
    }

    /// <returns>The SHA-256 of what was written.</returns>
    private async Task<string> WriteAsync(HttpRequest request, string file, CancellationToken cancellation)
    {
        if (request.ContentLength > options.LargestZip)
            throw new PublishingException(StatusCodes.Status413PayloadTooLarge, $"the package has more than {options.LargestZip} bytes");
        // It is counted here, so that the answer can say what the limit is.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = null;
        await using var source = new BoundedStream(request.Body, options.LargestZip, "the package");
        await using var target = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferSize, useAsync: true);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferSize];
        while (await ReadAsync(source, buffer, cancellation) is var count and > 0)
        {
            hash.AppendData(buffer, 0, count);
            await target.WriteAsync(buffer.AsMemory(0, count), cancellation);
        }

        target.Flush(flushToDisk: true);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // Apart from what can go wrong with the disk, which is not the publisher's fault.
    private static async ValueTask<int> ReadAsync(BoundedStream source, Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            return await source.ReadAsync(buffer, cancellation);
        }
        catch (IOException e) when (e is not InputTooLargeException)
        {
            throw new PublishingException(StatusCodes.Status400BadRequest, $"the package did not arrive whole: {e.Message}");
        }
    }
}

/// <summary>A publisher's request is refused; the message is for the publisher.</summary>
internal sealed class PublishingException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}
