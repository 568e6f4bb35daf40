using System.Net;
using System.Net.Http.Headers;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Git;
using EdgeOperator.Platform.Streams;

namespace EdgeOperator.Agent.Sources.Git.Protocol;

/// <summary>
/// Lists a server's refs over HTTP, and has it send a few objects, without a process. Only the first request of all asks what the server
/// can do: the protocol has no state, so that each later one is the only one of its poll.
/// </summary>
internal sealed class UploadPackClient
{
    private const int MaxAnswer = 32 * 1024 * 1024;

    /// <summary>Larger ones are left to the git program, which need not hold them in memory.</summary>
    private const int MaxPack = 512 * 1024;

    private const int MaxRedirects = 5;

    private const string Discovery = "info/refs?service=git-upload-pack";
    private const string Service = "git-upload-pack";

    // Some servers answer other user agents as browsers.
    private const string UserAgent = "git/2 (edgeop)";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly GitSourceConfiguration _configuration;
    private readonly GitEnvironment _environment;
    private readonly Uri _repository;
    private readonly TimeProvider _time;

    private volatile Server? _server;

    private UploadPackClient(GitSourceConfiguration configuration, GitEnvironment environment, Uri repository, TimeProvider time) =>
        (_configuration, _environment, _repository, _time) = (configuration, environment, repository, time);

    /// <returns>Null for addresses that are left to the git program.</returns>
    public static UploadPackClient? Create(GitSourceConfiguration configuration, GitUrl url, GitEnvironment environment, TimeProvider time)
    {
        // A login is not sent in clear.
        var isOffered = url.Transport == GitTransport.Https || (url.Transport == GitTransport.Http && !environment.HasLogin);
        return isOffered && url.Address.IndexOfAny(['?', '#']) < 0 && Uri.TryCreate(url.Address.TrimEnd('/') + '/', UriKind.Absolute, out var repository)
            ? new(configuration, environment, repository, time)
            : null;
    }

    /// <summary>Lists the refs whose names begin with one of the prefixes.</summary>
    /// <returns>The id of each by its full name; what an annotated tag leads to has its name and <c>^{}</c>.</returns>
    /// <exception cref="GitProtocolException">The server answers otherwise, not in time, or not at all.</exception>
    /// <exception cref="FetchException">A file that is configured is missing or unusable.</exception>
    public Task<Dictionary<string, string>> ListAsync(IReadOnlyCollection<string> prefixes, CancellationToken cancellation) =>
        AskAsync(async (http, c) =>
        {
            var server = _server;
            _server = null;
            server ??= await DiscoverAsync(http, c);
            var refs = LsRefs.ReadRefs(await PostAsync(http, server, LsRefs.Request(server.Capabilities.Format, prefixes), MaxAnswer, c));
            _server = server;
            return refs;
        }, cancellation);

    /// <summary>Has the server send what is new.</summary>
    /// <exception cref="GitProtocolException">The server can't, it is more than half a megabyte, or the server answers otherwise, not in time, or not at all.</exception>
    /// <exception cref="FetchException">A file that is configured is missing or unusable.</exception>
    public Task<PackAnswer> FetchAsync(PackQuery query, CancellationToken cancellation) =>
        AskAsync(async (http, c) =>
            _server is { Capabilities.HasShallow: true } server && (query.Filter is null || server.Capabilities.HasFilter)
                ? PackAnswer.Read(await PostAsync(http, server, query.Write(server.Capabilities.Format), MaxPack, c))
                : throw new GitProtocolException("the server is not known to send what is asked for"), cancellation);

    private async Task<T> AskAsync<T>(Func<HttpClient, CancellationToken, Task<T>> ask, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            using var http = GitHttp.Create(_configuration);
            return await ask(http, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new GitProtocolException($"no answer within {Timeout.TotalSeconds:0} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or NotSupportedException)
        {
            throw new GitProtocolException(e.Message);
        }
    }

    private async Task<ReadOnlyMemory<byte>> PostAsync(HttpClient http, Server server, byte[] body, int limit, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Repository, Service))
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue($"application/x-{Service}-request") } },
        };
        using var response = await SendAsync(http, request, cancellation);
        return await ReadAsync(response, $"application/x-{Service}-result", limit, cancellation);
    }

    private async Task<Server> DiscoverAsync(HttpClient http, CancellationToken cancellation)
    {
        var repository = _repository;
        for (var redirects = 0; redirects <= MaxRedirects; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(repository, Discovery));
            using var response = await SendAsync(http, request, cancellation);
            if (response.StatusCode is >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest)
                repository = Redirected(request.RequestUri!, response.Headers.Location);
            else
                return new(repository, LsRefs.ReadCapabilities(await ReadAsync(response, $"application/x-{Service}-advertisement", MaxAnswer, cancellation)));
        }

        throw new GitProtocolException("the server redirects too often");
    }

    // As git does: with a login to nowhere, and otherwise to where the same question can be asked. Other hosts are left to git itself.
    private Uri Redirected(Uri from, Uri? location)
    {
        var target = location is null ? null : new Uri(from, location);
        return !_environment.HasLogin && target is not null
            && Uri.Compare(from, target, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0
            && target.AbsoluteUri.EndsWith('/' + Discovery, StringComparison.Ordinal)
            ? new Uri(target.AbsoluteUri[..^Discovery.Length])
            : throw new GitProtocolException("the server redirects");
    }

    private Task<HttpResponseMessage> SendAsync(HttpClient http, HttpRequestMessage request, CancellationToken cancellation)
    {
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        request.Headers.Add("Git-Protocol", "version=2");
        if (_environment.Authorization() is { } authorization)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpResponseMessage response, string type, int limit, CancellationToken cancellation)
    {
        if (response.StatusCode != HttpStatusCode.OK || response.Content.Headers.ContentType?.MediaType != type)
            throw new GitProtocolException($"the server answers {(int)response.StatusCode}, {response.Content.Headers.ContentType?.MediaType ?? "without a type"}");

        return await BoundedStream.ReadAllAsync(await response.Content.ReadAsStreamAsync(cancellation), limit, "the server's answer", cancellation);
    }

    /// <param name="Repository">After redirects, with a slash at the end.</param>
    private sealed record Server(Uri Repository, ServerCapabilities Capabilities);
}
