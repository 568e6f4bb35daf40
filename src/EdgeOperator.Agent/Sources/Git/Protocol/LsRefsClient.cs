using System.Net;
using System.Net.Http.Headers;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Git;
using EdgeOperator.Platform.Streams;

namespace EdgeOperator.Agent.Sources.Git.Protocol;

/// <summary>
/// Lists a server's refs over HTTP, without a process. Only the first request of all asks what the server can do: the protocol has no
/// state, so that each later one is the only one of its poll.
/// </summary>
internal sealed class LsRefsClient
{
    private const int MaxAnswer = 32 * 1024 * 1024;
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

    private LsRefsClient(GitSourceConfiguration configuration, GitEnvironment environment, Uri repository, TimeProvider time) =>
        (_configuration, _environment, _repository, _time) = (configuration, environment, repository, time);

    /// <returns>Null for addresses that are left to the git program.</returns>
    public static LsRefsClient? Create(GitSourceConfiguration configuration, GitUrl url, GitEnvironment environment, TimeProvider time)
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
    public async Task<Dictionary<string, string>> ListAsync(IReadOnlyCollection<string> prefixes, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        var server = _server;
        _server = null;
        try
        {
            using var http = GitHttp.Create(_configuration);
            server ??= await DiscoverAsync(http, either.Token);
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Repository, Service))
            {
                Content = new ByteArrayContent(LsRefs.Request(server.Format, prefixes))
                {
                    Headers = { ContentType = new MediaTypeHeaderValue($"application/x-{Service}-request") },
                },
            };
            using var response = await SendAsync(http, request, either.Token);
            var refs = LsRefs.ReadRefs(await ReadAsync(response, $"application/x-{Service}-result", either.Token));
            _server = server;
            return refs;
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
                return new(repository, LsRefs.ReadCapabilities(await ReadAsync(response, $"application/x-{Service}-advertisement", cancellation)));
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

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpResponseMessage response, string type, CancellationToken cancellation)
    {
        if (response.StatusCode != HttpStatusCode.OK || response.Content.Headers.ContentType?.MediaType != type)
            throw new GitProtocolException($"the server answers {(int)response.StatusCode}, {response.Content.Headers.ContentType?.MediaType ?? "without a type"}");

        return await BoundedStream.ReadAllAsync(await response.Content.ReadAsStreamAsync(cancellation), MaxAnswer, "the server's answer", cancellation);
    }

    /// <param name="Repository">After redirects, with a slash at the end.</param>
    /// <param name="Format">Of object ids, as the server named it.</param>
    private sealed record Server(Uri Repository, string? Format);
}
