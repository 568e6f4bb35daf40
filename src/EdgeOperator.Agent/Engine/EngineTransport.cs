using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using EdgeOperator.Platform.Streams;

namespace EdgeOperator.Agent.Engine;

/// <summary>
/// HTTP to an engine: agrees on the API's version, limits every call in time and every answer in bytes and items, and
/// turns every failure into an <see cref="EngineException"/>. An engine in a virtual machine is no more trusted than its guest.
/// </summary>
internal sealed class EngineTransport(EngineEndpoint endpoint) : IDisposable
{
    /// <summary>The newest version of the API that this client has been written for.</summary>
    private static readonly Version Newest = new(1, 47);

    /// <summary>Enough for a change on a slow device under load.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromSeconds(60);

    /// <summary>Enough for an answer that changes nothing: a pass waits for it, and healing with the pass.</summary>
    private static readonly TimeSpan Reading = TimeSpan.FromSeconds(20);

    /// <summary>Bytes of a list: some 5,000 containers.</summary>
    public const int LargestList = 16 * 1024 * 1024;

    /// <summary>Bytes of any other answer.</summary>
    private const int LargestAnswer = 4 * 1024 * 1024;

    /// <summary>Bytes of an event, or of a pull's progress.</summary>
    private const int LongestLine = 1024 * 1024;

    /// <summary>Bytes of the answer to a request that fails.</summary>
    private const int LongestError = 64 * 1024;

    private readonly HttpClient _http = Client(endpoint.ConnectAsync);

    private Version? _agreed;

    public void Dispose() => _http.Dispose();

    /// <summary>The lower of the engine's newest version and this client's. Asked again after the engine was away.</summary>
    public async Task<Version> NegotiateAsync(CancellationToken cancellation)
    {
        if (_agreed is { } known)
        {
            return known;
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, "_ping");
        using var answer = await SendAsync(request, Reading, cancellation);
        var offered = answer.Headers.TryGetValues("Api-Version", out var values) && Version.TryParse(values.First(), out var version)
            ? version
            : throw new EngineException(answer.StatusCode, $"what listens on {endpoint.Description} is no Docker-compatible engine: it names no API version");
        return _agreed = offered < Newest ? offered : Newest;
    }

    /// <summary>Sends a request and reads nothing of the answer but its head.</summary>
    /// <param name="path">Without the version.</param>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, JsonNode? body, TimeSpan limit, CancellationToken cancellation, Action<HttpRequestMessage>? prepare = null)
    {
        var version = await NegotiateAsync(cancellation);
        using var request = new HttpRequestMessage(method, $"v{version}/{path}");
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        prepare?.Invoke(request);
        return await SendAsync(request, limit, cancellation);
    }

    /// <summary>Sends a request whose answer does not matter beyond its success.</summary>
    public async Task DoAsync(HttpMethod method, string path, JsonNode? body, TimeSpan limit, CancellationToken cancellation)
    {
        using var answer = await SendAsync(method, path, body, limit, cancellation);
    }

    /// <summary>Starts a command that was created in a container; the connection becomes its input and output.</summary>
    /// <exception cref="EngineException">The engine refuses, or hands over no connection.</exception>
    public async Task<EngineExec> StartExecAsync(string id, JsonNode body, CancellationToken cancellation)
    {
        Stream? connection = null;
        var version = await NegotiateAsync(cancellation);
        var http = Client(async connecting => connection = await endpoint.ConnectAsync(connecting));
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"v{version}/exec/{id}/start")
            {
                Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"),
                Headers = { Connection = { "Upgrade" }, Upgrade = { new("tcp") } },
            };
            var answer = await SendAsync(http, request, Usual, cancellation);
            return answer.StatusCode == HttpStatusCode.SwitchingProtocols
                ? new(this, id, http, connection!, await answer.Content.ReadAsStreamAsync(cancellation))
                : throw new EngineException(answer.StatusCode, "the engine does not hand over a connection to the command");
        }
        catch
        {
            http.Dispose();
            throw;
        }
    }

    /// <summary>Reads an answer that is one JSON value.</summary>
    /// <param name="largest">Bytes; a list needs more than a single object.</param>
    public async Task<T> ReadAsync<T>(
        HttpMethod method, string path, JsonNode? body, JsonTypeInfo<T> type, CancellationToken cancellation, int largest = LargestAnswer)
    {
        var time = method == HttpMethod.Get ? Reading : Usual;
        using var answer = await SendAsync(method, path, body, time, cancellation);
        using var limit = Limit(time, cancellation);
        try
        {
            await using var stream = new BoundedStream(await answer.Content.ReadAsStreamAsync(limit.Token), largest, $"the answer to {method} {path}");
            return await JsonSerializer.DeserializeAsync(stream, type, limit.Token) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new EngineException(answer.StatusCode, $"the engine's answer to {method} {path} was not understood: {e.Message}", e);
        }
        catch (Exception e) when (IsFailure(e, cancellation))
        {
            throw Unavailable(e, time);
        }
    }

    /// <summary>Reads an answer of one JSON value a line, as the lines come.</summary>
    /// <param name="idle">How long the engine may say nothing.</param>
    public static async IAsyncEnumerable<T> ReadLinesAsync<T>(
        HttpResponseMessage answer, JsonTypeInfo<T> type, TimeSpan idle, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var limit = Limit(idle, cancellation);
        using var reader = new LineReader(await answer.Content.ReadAsStreamAsync(limit.Token), LongestLine, "the engine's answer");
        while (await ReadLineAsync(reader, idle, limit, cancellation) is { } line)
        {
            limit.CancelAfter(Timeout.InfiniteTimeSpan);
            if (Parse(line, type) is { } item)
            {
                yield return item;
            }

            limit.CancelAfter(idle);
        }
    }

    /// <summary>Runs <paramref name="read"/> on an answer's body and turns its failures into an <see cref="EngineException"/>.</summary>
    public static async Task ReadBodyAsync(HttpResponseMessage answer, Func<Stream, Task> read, CancellationToken cancellation)
    {
        try
        {
            await using var stream = await answer.Content.ReadAsStreamAsync(cancellation);
            await read(stream);
        }
        catch (Exception e) when (IsFailure(e, cancellation))
        {
            throw Unavailable(e, Timeout.InfiniteTimeSpan);
        }
    }

    private static HttpClient Client(Func<CancellationToken, ValueTask<Stream>> connect) => new(new SocketsHttpHandler
    {
        ConnectCallback = (_, cancellation) => connect(cancellation),
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
    })
    {
        BaseAddress = new("http://engine/"),
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, TimeSpan limit, CancellationToken cancellation) =>
        SendAsync(_http, request, limit, cancellation);

    private async Task<HttpResponseMessage> SendAsync(HttpClient http, HttpRequestMessage request, TimeSpan limit, CancellationToken cancellation)
    {
        using var limited = Limit(limit, cancellation);
        try
        {
            var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limited.Token);
            if (answer.IsSuccessStatusCode || answer.StatusCode is HttpStatusCode.NotModified or HttpStatusCode.SwitchingProtocols)
            {
                return answer;
            }

            using (answer)
            {
                var body = await BoundedStream.ReadStartAsync(await answer.Content.ReadAsStreamAsync(limited.Token), LongestError, limited.Token);
                throw new EngineException(answer.StatusCode, Message(Encoding.UTF8.GetString(body), answer.StatusCode));
            }
        }
        catch (Exception e) when (IsFailure(e, cancellation))
        {
            _agreed = null;
            throw Unavailable(e, limit);
        }
    }

    private static async Task<string?> ReadLineAsync(LineReader reader, TimeSpan idle, CancellationTokenSource limit, CancellationToken cancellation)
    {
        try
        {
            return await reader.ReadAsync(limit.Token);
        }
        catch (Exception e) when (IsFailure(e, cancellation))
        {
            throw Unavailable(e, idle);
        }
    }

    private static T? Parse<T>(string line, JsonTypeInfo<T> type)
    {
        try
        {
            return line.Length == 0 ? default : JsonSerializer.Deserialize(line, type);
        }
        catch (JsonException e)
        {
            throw new EngineException(HttpStatusCode.OK, $"a line of the engine's answer was not understood: {e.Message}", e);
        }
    }

    private static string Message(string body, HttpStatusCode status)
    {
        try
        {
            return JsonSerializer.Deserialize(body, EngineJson.Default.EngineError)?.Message ?? $"the engine answered {(int)status}";
        }
        catch (JsonException)
        {
            return body.Length > 0 ? body : $"the engine answered {(int)status}";
        }
    }

    private static bool IsFailure(Exception e, CancellationToken cancellation) =>
        e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellation.IsCancellationRequested);

    private static EngineException Unavailable(Exception e, TimeSpan limit) => e is OperationCanceledException
        ? new(null, $"the engine said nothing for {limit.TotalSeconds:0} s", e)
        : new(null, (e is HttpRequestException { InnerException: { } inner } ? inner : e).Message, e);

    private static CancellationTokenSource Limit(TimeSpan limit, CancellationToken cancellation)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        source.CancelAfter(limit);
        return source;
    }
}
