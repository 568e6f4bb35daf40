using System.Net.Http.Headers;
using System.Security.Cryptography;
using EdgeOperator.Core.Artifacts;
using EdgeOperator.Core.Hub;
using EdgeOperator.Core.Twins;
using EdgeOperator.Hub.Rest;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeOperator.Hub.Api;

/// <param name="Digest"><c>sha256:</c> and the hash of the content.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Used">When something last named it, as far as that was looked at.</param>
internal sealed record ArtifactView(string Digest, long Size, DateTime Used);

/// <param name="Continuation">For the next page; null at the end.</param>
internal sealed record ArtifactList(IReadOnlyList<ArtifactView> Items, string? Continuation);

/// <summary>Artifacts: administrators write them, and a device reads those that its own twin names.</summary>
internal sealed class ArtifactRoutes(IArtifactStore artifacts, IHubStore store, HubConfiguration configuration, TimeProvider time)
{
    private const string One = "artifacts/{hash}";
    private const int MostItems = 1000;

    public IEnumerable<ServiceRoute> Routes =>
    [
        ApiRoute.Get(
            "artifacts", "Artifacts, in the order of their hashes", ListAsync,
            new("limit", $"At most so many: 1 to {MostItems}, 100 when left out", QueryParameterType.Number), new("continuation", "What the page before had")),
        ApiRoute.Stream(One, "An artifact's content, as a whole or a range of it; the hash is its SHA-256 in lower-case hex", "application/octet-stream", ReadAsync),
        new("HEAD", ApiRoute.Prefix + One, ReadAsync) { IsRead = true },
        new("PUT", ApiRoute.Prefix + One, WriteAsync),
    ];

    private async Task<ArtifactList> ListAsync(ServiceRequest request)
    {
        request.Need(Rights.RegistryRead | Rights.View);
        var limit = (int)ApiRoute.Number(request, "limit", 100, 1, MostItems);
        var page = await artifacts.ListAsync(ApiRoute.Text(request, "continuation") ?? "", limit, request.Aborted);
        return new([.. page.Select(View)], page.Count < limit ? null : page[^1].Hash);
    }

    private async Task ReadAsync(ServiceRequest request)
    {
        var hash = HashOf(request);
        await CheckReaderAsync(request, hash);
        var artifact = await artifacts.FindAsync(hash, request.Aborted) ?? throw NotFound(hash);
        var (http, response) = (request.Http.Request, request.Http.Response);
        var etag = $"\"{hash}\"";
        response.Headers.ETag = etag;
        response.Headers.AcceptRanges = "bytes";
        response.Headers.CacheControl = "private, immutable";
        if (http.Headers.IfNoneMatch.ToString() is { Length: > 0 } known && (known == "*" || known.Contains(etag, StringComparison.Ordinal)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var (from, count) = (0L, artifact.Size);
        if (RangeOf(http, etag) is { } range)
        {
            if (Within(range, artifact.Size) is not { } part)
            {
                response.Headers.ContentRange = $"bytes */{artifact.Size}";
                response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
                return;
            }

            (from, count) = part;
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {from}-{from + count - 1}/{artifact.Size}";
        }

        response.ContentType = "application/octet-stream";
        response.ContentLength = count;
        if (http.Method == "GET")
        {
            await using var body = new WholeWrites(response);
            await artifacts.CopyAsync(hash, from, count, body, request.Aborted);
        }
    }

    private async Task WriteAsync(ServiceRequest request)
    {
        request.Need(Rights.Administrate);
        var hash = HashOf(request);
        var now = time.GetUtcNow();
        if (await artifacts.FindAsync(hash, request.Aborted) is { } known)
        {
            await artifacts.MarkUsedAsync(hash, now, request.Aborted);
            await AnswerAsync(request, known with { Used = now }, StatusCodes.Status200OK);
            return;
        }

        var limit = configuration.Artifacts.MaxSize;
        if (request.Http.Request.ContentLength > limit)
            throw TooLarge(limit);
        request.Http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
        await using var upload = artifacts.Begin();
        var size = await TakeAsync(request, upload, hash, limit);
        await upload.CompleteAsync(hash, now, request.Aborted);
        await AnswerAsync(request, new(hash, size, now), StatusCodes.Status201Created);
    }

    private static async Task<long> TakeAsync(ServiceRequest request, IArtifactUpload upload, string hash, long limit)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 * 1024];
        var size = 0L;
        int count;
        while ((count = await request.Http.Request.Body.ReadAsync(buffer, request.Aborted)) > 0)
        {
            if ((size += count) > limit)
                throw TooLarge(limit);
            sha256.AppendData(buffer, 0, count);
            await upload.WriteAsync(buffer.AsMemory(0, count), request.Aborted);
        }

        var actual = Convert.ToHexStringLower(sha256.GetHashAndReset());
        return actual == hash ? size : throw new ServiceException(ServiceError.ArgumentInvalid, $"the SHA-256 of the body is {actual}, not {hash}");
    }

    // For a device there is what its twin names, and nothing else.
    private async Task CheckReaderAsync(ServiceRequest request, string hash)
    {
        if (request.Caller.Identity is not { } identity)
        {
            request.Need(Rights.RegistryRead);
            return;
        }

        if (identity.IsModule)
            throw ServiceRequest.Denied();
        if (await store.FindTwinAsync(identity, request.Aborted) is not { } row || TwinSources.Of(row.Twin.Desired.Values).Sources.Artifacts.All(a => a.Hash != hash))
            throw NotFound(hash);
    }

    /// <summary>The one range that is asked for; null for all of it. A range of other content than this is not what is asked for.</summary>
    private static RangeItemHeaderValue? RangeOf(HttpRequest request, string etag) =>
        request.Headers.Range.ToString() is { Length: > 0 } text && RangeHeaderValue.TryParse(text, out var header) && header is { Unit: "bytes", Ranges.Count: 1 }
        && request.Headers.IfRange.ToString() is var condition && (condition.Length == 0 || condition == etag)
            ? header.Ranges.First()
            : null;

    /// <returns>Null when nothing of the content is in the range.</returns>
    private static (long From, long Count)? Within(RangeItemHeaderValue range, long size)
    {
        var (from, to) = range.From is { } first ? (first, Math.Min(range.To ?? long.MaxValue, size - 1)) : (Math.Max(0, size - range.To!.Value), size - 1);
        return from < size && from <= to ? (from, to - from + 1) : null;
    }

    private static string HashOf(ServiceRequest request) => ArtifactDigest.IsHash(request.Path[3])
        ? request.Path[3]
        : throw new ServiceException(ServiceError.ArgumentInvalid, "an artifact is named by its SHA-256: 64 hexadecimal digits in lower case");

    private static ServiceException NotFound(string hash) => new(ServiceError.ResourceNotFound, $"there is no artifact {hash}");

    private static ServiceException TooLarge(long limit) => new(ServiceError.MessageTooLarge, $"the artifact has more than {limit} bytes (artifacts.maxSize)");

    private static ArtifactView View(StoredArtifact artifact) => new(ArtifactDigest.OfHash(artifact.Hash), artifact.Size, artifact.Used.UtcDateTime);

    private static Task AnswerAsync(ServiceRequest request, StoredArtifact artifact, int status) =>
        request.WriteAsync(System.Text.Json.JsonSerializer.SerializeToNode(View(artifact), ApiJson.Options)!, status);
}
