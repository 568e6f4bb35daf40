using System.Net;
using System.Net.Http.Headers;
using EdgeOperator.Core.Artifacts;
using EdgeOperator.Core.Protocol.Hub;
using EdgeOperator.Core.Twins;
using EdgeOperator.Git;

namespace EdgeOperator.Agent.Sources.Twin;

/// <summary>
/// Fetches an artifact over HTTPS into the cache, from where the last attempt ended. The hub is shown who the device is; any other
/// server that a twin names is not.
/// </summary>
/// <param name="progressed">Is called after each piece, so that a slow download is not taken for one that hangs.</param>
internal sealed class ArtifactDownload(ArtifactCache cache, TwinLogin login, int httpsPort, Action progressed) : IDisposable
{
    /// <summary>Bytes after which the time for a fetch begins anew: those who send less in that time don't count as sending.</summary>
    private const int Piece = 256 * 1024;

    private readonly HttpClient _hub = ClientFor(HubRequests.Handler(login));
    private readonly HttpClient _others = ClientFor(new SocketsHttpHandler { UseCookies = false, MaxAutomaticRedirections = 5 });

    /// <exception cref="FetchException">It can't be had now, or is not what the twin names.</exception>
    /// <exception cref="IOException">It can't be stored.</exception>
    public async Task RunAsync(TwinArtifact artifact, CancellationToken cancellation)
    {
        try
        {
            await using var partial = cache.OpenPartial(artifact.Hash);
            await FetchAsync(artifact, partial, cancellation);
            var actual = cache.Complete(artifact.Hash, partial);
            if (actual != artifact.Hash)
                throw new FetchException(FetchReasons.Corrupt, $"{Named(artifact)} is not what its twin names: it has the digest {ArtifactDigest.OfHash(actual)} instead of {ArtifactDigest.OfHash(artifact.Hash)}");
        }
        catch (HttpRequestException e)
        {
            throw new FetchException(FetchReasons.Unreachable, $"{Named(artifact)} can't be fetched: {e.GetBaseException().Message}");
        }
    }

    public void Dispose()
    {
        _hub.Dispose();
        _others.Dispose();
    }

    private async Task FetchAsync(TwinArtifact artifact, FileStream partial, CancellationToken cancellation)
    {
        if (partial.Length > PackageLimits.Default.MaxPackedSize)
            partial.SetLength(0);
        using var answer = await AskAsync(artifact, partial.Length, cancellation);
        if (answer.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // Nothing is left to fetch, or the server has less than what is there: the hash tells.
            return;
        }

        if (!answer.IsSuccessStatusCode)
            throw Refusal(artifact, answer.StatusCode);

        // A server that knows no ranges begins anew, and so does one that sends another range than was asked for.
        if (answer.StatusCode != HttpStatusCode.PartialContent || answer.Content.Headers.ContentRange?.From != partial.Length)
        {
            if (answer.StatusCode == HttpStatusCode.PartialContent)
                throw new FetchException(FetchReasons.Corrupt, $"{Named(artifact)} can't be fetched: its server sends another part than was asked for");
            partial.SetLength(0);
        }

        partial.Position = partial.Length;
        await CopyAsync(artifact, answer, partial, cancellation);
    }

    private async Task<HttpResponseMessage> AskAsync(TwinArtifact artifact, long from, CancellationToken cancellation)
    {
        var hub = new Uri($"https://{login.Host}:{httpsPort}/");
        var address = artifact.Url is { } url ? new Uri(hub, url) : new Uri(hub, HubPaths.Artifact(artifact.Hash));
        var isHub = address.Host == hub.Host && address.Port == hub.Port;
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (isHub && login.Certificate is null)
            request.Headers.TryAddWithoutValidation("Authorization", login.Password);
        if (from > 0)
            request.Headers.Range = new RangeHeaderValue(from, null);
        return await (isHub ? _hub : _others).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
    }

    private async Task CopyAsync(TwinArtifact artifact, HttpResponseMessage answer, FileStream partial, CancellationToken cancellation)
    {
        await using var content = await answer.Content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[64 * 1024];
        var piece = 0;
        while (await ReadAsync(artifact, content, buffer, cancellation) is var count and > 0)
        {
            if (partial.Length + count > PackageLimits.Default.MaxPackedSize)
            {
                partial.SetLength(0);
                throw new FetchException(FetchReasons.Refused, $"{Named(artifact)} has more than {PackageLimits.Default.MaxPackedSize} bytes");
            }

            await partial.WriteAsync(buffer.AsMemory(0, count), cancellation);
            if ((piece += count) < Piece)
                continue;
            piece = 0;
            progressed();
        }
    }

    // What fails at the disk is another matter, and so is told apart from this.
    private static async Task<int> ReadAsync(TwinArtifact artifact, Stream content, byte[] buffer, CancellationToken cancellation)
    {
        try
        {
            return await content.ReadAsync(buffer, cancellation);
        }
        catch (IOException e)
        {
            throw new FetchException(FetchReasons.Unreachable, $"{Named(artifact)} has not come as a whole, and is fetched on from where it ended: {e.Message}");
        }
    }

    private static FetchException Refusal(TwinArtifact artifact, HttpStatusCode status) => status switch
    {
        HttpStatusCode.NotFound => new(FetchReasons.NotFound, $"{Named(artifact)} is not there, or not for this device"),
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new(FetchReasons.AuthenticationFailed, $"{Named(artifact)} is not given to this device: the answer is {(int)status}"),
        _ => new(FetchReasons.Unreachable, $"{Named(artifact)} can't be fetched: the answer is {(int)status}"),
    };

    private static string Named(TwinArtifact artifact) => $"the artifact {artifact.Name} ({artifact.Revision})";

    // The caller's own time limit counts; this is for reading headers.
    private static HttpClient ClientFor(SocketsHttpHandler handler)
    {
        handler.ConnectTimeout = TimeSpan.FromSeconds(30);
        return new(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
