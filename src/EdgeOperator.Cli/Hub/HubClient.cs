using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Cli.Output;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Platform.Streams;

namespace EdgeOperator.Cli.Hub;

/// <summary>A hub refuses what it was asked for.</summary>
/// <param name="code">The hub's name for the reason.</param>
internal sealed class HubRefusedException(HttpStatusCode status, string code, string message) : Exception(message)
{
    public HttpStatusCode Status { get; } = status;

    public string Code { get; } = code;
}

/// <summary>Asks a hub by its own API, <c>/api/v1</c>, as somebody who has logged in.</summary>
internal sealed class HubClient : IDisposable
{
    private const int LargestAnswer = 64 * 1024 * 1024;
    private const int LargestError = 64 * 1024;
    private const string PageSize = "500";

    private readonly HttpClient _http;

    public HubClient(Uri url, string? token, string? caFile) => _http = new(HubLogin.Handler(caFile))
    {
        BaseAddress = new(url, "api/v1/"),
        Timeout = Timeout.InfiniteTimeSpan,
        DefaultRequestHeaders = { Authorization = token is null ? null : new("Bearer", token) },
    };

    /// <summary>The limit on an answer; a device that is called may take minutes of it.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(330);

    private string Host => _http.BaseAddress!.GetLeftPart(UriPartial.Authority);

    /// <summary>As the user of this machine is logged in.</summary>
    /// <exception cref="UserError">There is no login.</exception>
    public static HubClient Of(Call call) => Of(HubLogin.Load(call.Terminal), call.Terminal);

    /// <inheritdoc cref="Of(Call)"/>
    public static HubClient Of(HubLogin login, Terminal terminal) => login.Expires > terminal.Time.GetUtcNow()
        ? new(login.Url, login.Token, login.CaFile)
        : throw Ended(login.Url);

    /// <param name="path">Below <c>/api/v1/</c>, encoded.</param>
    /// <returns>Null when the hub answers nothing.</returns>
    /// <exception cref="HubRefusedException">The hub refuses.</exception>
    /// <exception cref="UserError">The hub can't be reached, or does not know the login.</exception>
    public async Task<JsonNode?> AskAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellation)
    {
        using var answer = await SendAsync(method, path, body, cancellation);
        return await ReadAsync(answer, cancellation);
    }

    private async Task<JsonNode?> ReadAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        var bytes = await BoundedStream.ReadAllAsync(await answer.Content.ReadAsStreamAsync(cancellation), LargestAnswer, "the hub's answer", cancellation);
        try
        {
            return bytes.Length == 0 ? null : JsonNode.Parse(bytes);
        }
        catch (JsonException)
        {
            throw NoHub();
        }
    }

    /// <inheritdoc cref="AskAsync"/>
    public Task<JsonNode?> GetAsync(string path, CancellationToken cancellation) => AskAsync(HttpMethod.Get, path, null, cancellation);

    /// <summary>All items of a list, page by page.</summary>
    /// <param name="query">What is asked for beside the page.</param>
    /// <inheritdoc cref="AskAsync"/>
    public async Task<List<JsonObject>> ListAsync(string path, CancellationToken cancellation, params (string Name, string? Value)[] query)
    {
        var items = new List<JsonObject>();
        string? continuation = null;
        do
        {
            var page = await GetAsync($"{path}{Query([.. query, ("limit", PageSize), ("continuation", continuation)])}", cancellation);
            items.AddRange((page?["items"] as JsonArray ?? []).Select(item => item!.DeepClone().AsObject()));
            continuation = (string?)page?["continuation"];
        }
        while (continuation is not null);
        return items;
    }

    /// <inheritdoc cref="AskAsync"/>
    public Task<JsonNode?> PostAsync(string path, JsonNode? body, CancellationToken cancellation) => AskAsync(HttpMethod.Post, path, body, cancellation);

    /// <summary>Returns once the answer begins.</summary>
    /// <inheritdoc cref="AskAsync"/>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(AnswerTimeout);
        return await SendAsync(request, limit, cancellation);
    }

    /// <summary>Sends a content, which may take as long as it goes on.</summary>
    /// <returns>Null when the hub answers nothing.</returns>
    /// <inheritdoc cref="AskAsync"/>
    public async Task<JsonNode?> UploadAsync(HttpMethod method, string path, Stream content, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(AnswerTimeout);
        using var request = new HttpRequestMessage(method, path) { Content = new StreamContent(new WatchedStream(content, () => limit.CancelAfter(AnswerTimeout))) };
        request.Content.Headers.ContentLength = content.Length;
        using var answer = await SendAsync(request, limit, cancellation);
        return await ReadAsync(answer, cancellation);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationTokenSource limit, CancellationToken cancellation)
    {
        try
        {
            var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (answer.IsSuccessStatusCode)
                return answer;
            using (answer)
                throw await RefusedAsync(answer, limit.Token);
        }
        catch (HttpRequestException e)
        {
            throw Unreachable(e.HttpRequestError == HttpRequestError.SecureConnectionError ? $"{e.GetBaseException().Message} Give the hub's ca.pem with --ca-file to `edgeop hub login`, if it has a CA of its own" : e.GetBaseException().Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Unreachable($"no answer within {AnswerTimeout.TotalSeconds:0} s");
        }
    }

    /// <summary>Runs a command on a device.</summary>
    /// <param name="device">For messages.</param>
    /// <inheritdoc cref="AskAsync"/>
    public async Task<ExecCall> ExecAsync(string path, string device, ExecRequest request, CancellationToken cancellation)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.CollectHttpResponseDetails = true;
            socket.Options.SetRequestHeader("Authorization", _http.DefaultRequestHeaders.Authorization?.ToString());
            await socket.ConnectAsync(new UriBuilder(new Uri(_http.BaseAddress!, path)) { Scheme = "wss" }.Uri, _http, cancellation);
        }
        catch (WebSocketException e)
        {
            var status = socket.HttpStatusCode;
            var code = socket.HttpResponseHeaders?.GetValueOrDefault("iothub-errorcode")?.FirstOrDefault() ?? "";
            var message = socket.HttpResponseHeaders?.GetValueOrDefault("edgeop-error")?.FirstOrDefault();
            socket.Dispose();
            throw status == HttpStatusCode.Unauthorized ? Ended(_http.BaseAddress!)
                : code.Length > 0 ? new HubRefusedException(status, code, message is null ? $"the hub refuses: {code}" : Uri.UnescapeDataString(message))
                : Unreachable(e.GetBaseException().Message);
        }

        return await ExecCall.StartAsync(socket, WebSocketStream.Create(socket, WebSocketMessageType.Binary), device, request, cancellation);
    }

    /// <summary>A query of what is not null.</summary>
    public static string Query(params (string Name, string? Value)[] parameters)
    {
        var given = parameters.Where(p => p.Value is not null).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}").ToList();
        return given.Count == 0 ? "" : $"?{string.Join('&', given)}";
    }

    public void Dispose() => _http.Dispose();

    private async Task<Exception> RefusedAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        var body = await BoundedStream.ReadStartAsync(await answer.Content.ReadAsStreamAsync(cancellation), LargestError, cancellation);
        var code = answer.Headers.TryGetValues("iothub-errorcode", out var codes) ? codes.First() : "";
        if (answer.StatusCode == HttpStatusCode.Unauthorized && _http.DefaultRequestHeaders.Authorization is not null)
            return Ended(_http.BaseAddress!);
        return code.Length == 0 ? NoHub() : new HubRefusedException(answer.StatusCode, code, Message(body));
    }

    // An error's message begins with its code; the errors of direct methods are JSON inside of JSON.
    private static string Message(byte[] body)
    {
        try
        {
            var message = (string?)JsonNode.Parse(body)?["Message"] ?? "";
            return message.StartsWith('{')
                ? (string?)JsonNode.Parse(message)?["message"] ?? message
                : message.Split(';', 2) is [_, var text] ? text : message;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Encoding.UTF8.GetString(body).Trim();
        }
    }

    private static UserError Ended(Uri url) => new(ExitCode.InvalidInput, $"the login at {url.GetLeftPart(UriPartial.Authority)} has ended: `edgeop hub login` makes a new one");

    private UserError NoHub() => Unreachable("it does not answer as a hub does: check the address");

    private UserError Unreachable(string why) => new(ExitCode.AgentUnreachable, $"{Host} can't be reached: {why}");
}
