using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Protocol.Hub;
using EdgeOperator.Git;

namespace EdgeOperator.Agent.Sources.Twin;

/// <summary>Requests to a hub over HTTPS.</summary>
internal sealed class HubRequests : IDisposable
{
    private const int LongestAnswer = 256 * 1024;

    private readonly HttpClient _client;
    private readonly string _address;

    public HubRequests(TwinLogin login, int port)
    {
        _client = new(Handler(login)) { MaxResponseContentBufferSize = LongestAnswer, Timeout = TimeSpan.FromSeconds(30) };
        _address = $"https://{login.Host}:{port}/";
    }

    /// <summary>TLS as a login has it.</summary>
    public static SocketsHttpHandler Handler(TwinLogin login) => new() { UseCookies = false, AllowAutoRedirect = false, SslOptions = login.Tls() };

    /// <exception cref="FetchException">The hub can't be reached, or its answer is no JSON.</exception>
    public async Task<(int Status, JsonNode? Body)> SendAsync(HttpMethod method, string path, JsonObject? body, string? authorization, CancellationToken cancellation)
    {
        var content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        var (status, text) = await ExchangeAsync(method, path, content, authorization, cancellation);
        try
        {
            return (status, text.Length == 0 ? null : StrictJson.Parse(Encoding.UTF8.GetBytes(text)));
        }
        catch (JsonException)
        {
            throw new FetchException(FetchReasons.Corrupt, $"{_address} answered what is not JSON: is it a hub?");
        }
    }

    /// <param name="body">JSON, gzipped.</param>
    /// <returns>The status.</returns>
    /// <exception cref="FetchException">The hub can't be reached.</exception>
    public async Task<int> SendPackedAsync(HttpMethod method, string path, byte[] body, string? authorization, CancellationToken cancellation)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentEncoding.Add("gzip");
        return (await ExchangeAsync(method, path, content, authorization, cancellation)).Status;
    }

    public void Dispose() => _client.Dispose();

    private async Task<(int Status, string Text)> ExchangeAsync(HttpMethod method, string path, HttpContent? content, string? authorization, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, _address + path) { Content = content };
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        try
        {
            using var answer = await _client.SendAsync(request, cancellation);
            return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellation));
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException { InnerException: TimeoutException })
        {
            throw new FetchException(FetchReasons.Unreachable, $"{_address}: {e.GetBaseException().Message}");
        }
    }
}
