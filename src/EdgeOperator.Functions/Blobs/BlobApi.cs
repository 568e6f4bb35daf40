using System.Collections.Immutable;
using System.Text.Json.Serialization;
using EdgeOperator.Functions.Blobs.Embedded;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeOperator.Functions.Blobs;

/// <summary>
/// The host's own blobs on its control socket: <c>GET /blobs/CONTAINER</c> lists names and lengths;
/// <c>GET</c>, <c>PUT</c> and <c>DELETE /blobs/CONTAINER/NAME</c> read, write and delete a blob.
/// </summary>
public sealed class BlobApi(EmbeddedBlobs blobs)
{
    private readonly IBlobStore _blobs = blobs;

    public async Task ListAsync(HttpContext context, string container)
    {
        var reports = ImmutableArray.CreateBuilder<BlobReport>();
        await foreach (var blob in _blobs.ListAsync(container, "", context.RequestAborted))
            reports.Add(new(blob.Path.Name, blob.Length));
        await context.Response.WriteAsJsonAsync(reports.ToImmutable(), BlobJson.Default.ImmutableArrayBlobReport, cancellationToken: context.RequestAborted);
    }

    /// <summary>200, 201 once the blob is on the disk, 204; 400 for a bad name, 404, 413 for too large a blob, 507 when the disk fails.</summary>
    public async Task AnswerAsync(HttpContext context, string container, string name)
    {
        try
        {
            var path = BlobPath.Of(container, name);
            await (context.Request.Method switch
            {
                "GET" => ReadAsync(context, path),
                "PUT" => WriteAsync(context, path),
                _ => DeleteAsync(context, path),
            });
        }
        catch (FormatException e)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, e.Message);
        }
        catch (BadHttpRequestException e)
        {
            await RefuseAsync(context, e.StatusCode, e.Message);
        }
        catch (IOException e) when (!context.Response.HasStarted)
        {
            await RefuseAsync(context, StatusCodes.Status507InsufficientStorage, e.Message);
        }
    }

    private async Task ReadAsync(HttpContext context, BlobPath path)
    {
        if (await _blobs.ReadAsync(path, context.RequestAborted) is not { } blob)
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound, $"There is no blob {path}");
            return;
        }

        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = blob.Content.Length;
        await context.Response.Body.WriteAsync(blob.Content, context.RequestAborted);
    }

    private async Task WriteAsync(HttpContext context, BlobPath path)
    {
        // Kestrel counts, and throws when there is more.
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = Blob.MaxBytes;
        using var content = new MemoryStream();
        await context.Request.Body.CopyToAsync(content, context.RequestAborted);
        await _blobs.WriteAsync(path, content.GetBuffer().AsMemory(0, (int)content.Length), context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status201Created;
    }

    private async Task DeleteAsync(HttpContext context, BlobPath path) =>
        context.Response.StatusCode = await blobs.DeleteAsync(path, context.RequestAborted) ? StatusCodes.Status204NoContent : StatusCodes.Status404NotFound;

    private static Task RefuseAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(message, context.RequestAborted);
    }
}

/// <param name="Length">Bytes.</param>
public sealed record BlobReport(string Name, long Length);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ImmutableArray<BlobReport>))]
internal sealed partial class BlobJson : JsonSerializerContext;
