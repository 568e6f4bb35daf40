using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using EdgeOperator.Git.Tree;
using EdgeOperator.Platform.Streams;

namespace EdgeOperator.Git.Lfs;

/// <summary>Asks the batch API for objects and downloads them, each checked by size and SHA-256.</summary>
internal sealed class LfsDownload(HttpClient http, LfsEndpoint endpoint, LfsCache cache)
{
    private const string MediaType = "application/vnd.git-lfs+json";

    private const int MaxAnswer = 1024 * 1024;

    private const int MaxRedirects = 5;

    /// <summary>Without a byte for so long, nothing more is expected.</summary>
    private static readonly TimeSpan Stalled = TimeSpan.FromSeconds(60);

    /// <returns>The objects that can't be had, and why.</returns>
    /// <exception cref="LfsException">The server can't be reached, or fails for now.</exception>
    /// <exception cref="LfsRefusedException">The server gives none of them.</exception>
    public async Task<Dictionary<LfsPointer, string>> RunAsync(LfsPointer[] pointers, CancellationToken cancellation)
    {
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stall.CancelAfter(Stalled);
        try
        {
            var answers = await AskAsync(pointers, stall.Token);
            var refusals = new Dictionary<LfsPointer, string>();
            foreach (var pointer in pointers)
            {
                if (await FetchAsync(pointer, answers.GetValueOrDefault(pointer.Sha256), stall) is { } refusal)
                    refusals[pointer] = refusal;
            }

            return refusals;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new LfsException(FetchReasons.TimedOut, $"{endpoint.Address.Host} has sent nothing for {Stalled.TotalSeconds:0} s");
        }
        catch (HttpRequestException e)
        {
            var isUntrusted = e.HttpRequestError == HttpRequestError.SecureConnectionError;
            throw new LfsException(
                isUntrusted ? FetchReasons.AuthenticationFailed : FetchReasons.Unreachable,
                isUntrusted ? $"the certificate of {endpoint.Address.Host} is not trusted ({e.Message})" : e.Message);
        }
        catch (HttpIOException e)
        {
            throw new LfsException(FetchReasons.Unreachable, e.Message);
        }
    }

    private async Task<Dictionary<string, LfsObjectAnswer>> AskAsync(LfsPointer[] pointers, CancellationToken cancellation)
    {
        var wanted = new LfsBatchRequest("download", ["basic"], [.. pointers.Select(p => new LfsObject(p.Sha256, p.Size))], "sha256");
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint.Batch)
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(wanted, LfsJson.Default.LfsBatchRequest)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaType);
        request.Headers.Accept.ParseAdd(MediaType);
        Add(request, endpoint.Headers);

        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (answer.StatusCode is >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest)
            throw new LfsRefusedException($"{endpoint.Address.Host} redirects: use the address that it redirects to");

        var body = await ReadAsync(answer, cancellation);
        if (!answer.IsSuccessStatusCode)
            throw Refused(answer.StatusCode, Parse(body, LfsJson.Default.LfsFailure)?.Message);
        if (Parse(body, LfsJson.Default.LfsBatchAnswer) is not { Objects: { } objects, Transfer: null or "basic" })
            throw new LfsRefusedException($"{endpoint.Address.Host} does not answer as the batch API of Git LFS");

        return objects.OfType<LfsObjectAnswer>().Where(o => o.Oid is not null).DistinctBy(o => o.Oid).ToDictionary(o => o.Oid!);
    }

    /// <returns>Why the object can't be had; null when it is in the cache.</returns>
    private async Task<string?> FetchAsync(LfsPointer pointer, LfsObjectAnswer? answer, CancellationTokenSource stall)
    {
        if (answer?.Error is { } error)
            return error.Code == 404 ? $"that the server does not have: `git lfs push --all` ({error.Message ?? "not found"})" : $"that the server refuses: {GitText.Clean($"{error.Code} {error.Message}")}";
        if (answer?.Actions?.Download is not { Href: { } href } download || !Uri.TryCreate(href, UriKind.Absolute, out var address))
            return "that the server does not have: `git lfs push --all`";

        var headers = new Dictionary<string, string>(download.Header ?? [], StringComparer.OrdinalIgnoreCase);
        if (endpoint.Authorization is { } login && answer.Authenticated != true && endpoint.IsSameServer(address))
            headers.TryAdd("Authorization", login);

        using var response = await GetAsync(address, headers, stall.Token);
        if (!response.IsSuccessStatusCode)
            return IsTransient(response.StatusCode) ? throw Refused(response.StatusCode, null) : $"that the server answers {(int)response.StatusCode} for";

        var isRight = await cache.TryAddAsync(pointer, (file, c) => CopyAsync(response, file, pointer.Size, stall, c), stall.Token);
        return isRight ? null : "for which the server sends something else, by size or SHA-256";
    }

    private async Task<HttpResponseMessage> GetAsync(Uri address, Dictionary<string, string> headers, CancellationToken cancellation)
    {
        for (var redirects = 0; ; redirects++)
        {
            if (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp)
                throw new LfsRefusedException($"{endpoint.Address.Host} hands out an address that is neither https nor http");
            if (address.Scheme == Uri.UriSchemeHttp && endpoint.Address.Scheme == Uri.UriSchemeHttps && headers.ContainsKey("Authorization"))
                throw new LfsRefusedException($"{endpoint.Address.Host} wants a login to be sent over http, where anybody on the way could read it");

            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            Add(request, headers);
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (response.StatusCode is < HttpStatusCode.MultipleChoices or >= HttpStatusCode.BadRequest || response.Headers.Location is not { } location || redirects == MaxRedirects)
                return response;

            response.Dispose();
            (address, headers) = (new(address, location), []);
        }
    }

    private static async Task CopyAsync(HttpResponseMessage response, Stream file, long size, CancellationTokenSource stall, CancellationToken cancellation)
    {
        await using var content = await response.Content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[64 * 1024];

        // One byte too many is enough to know.
        while (file.Length <= size && await content.ReadAsync(buffer, cancellation) is var count and > 0)
        {
            stall.CancelAfter(Stalled);
            await file.WriteAsync(buffer.AsMemory(0, count), cancellation);
        }
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        try
        {
            await using var stream = await answer.Content.ReadAsStreamAsync(cancellation);
            return await BoundedStream.ReadAllAsync(stream, MaxAnswer, "the answer of the Git LFS server", cancellation);
        }
        catch (InputTooLargeException e)
        {
            throw new LfsRefusedException(e.Message);
        }
    }

    private static T? Parse<T>(byte[] body, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private Exception Refused(HttpStatusCode status, string? message)
    {
        var said = $"{endpoint.Address.Host} answers {(int)status}{(message is null ? "" : $": {message}")}";
        return status switch
        {
            _ when IsTransient(status) => new LfsException(FetchReasons.Unreachable, said),
            HttpStatusCode.NotFound => new LfsRefusedException($"the server does not offer Git LFS for this repository ({said})"),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden when endpoint.Headers.Count == 0 => new LfsRefusedException($"the server asks for a login, and none is configured for it ({said})"),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new LfsRefusedException($"the server refused the configured login ({said})"),
            _ => new LfsRefusedException(said),
        };
    }

    // 501, 507 and 509 of a server say that it can't, or may not any more.
    private static bool IsTransient(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
        || (int)status is 500 or 502 or 503 or 504;

    private static void Add(HttpRequestMessage request, IReadOnlyDictionary<string, string> headers)
    {
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
    }
}
