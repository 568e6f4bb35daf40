using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Alerts;
using EdgeOperator.Platform.Files;
using EdgeOperator.Platform.Sockets;

namespace EdgeOperator.Hub.Alerts;

/// <summary>Posts JSON to an address.</summary>
internal sealed class AlertPost : IDisposable
{
    private const int LongestAnswer = 64 * 1024;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly HttpClient _client;
    private readonly Uri _address;

    public AlertPost(string address, string? caFile)
    {
        _address = new(address);

        // A redirect would lead what was meant for one server to another.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = Timeout, PooledConnectionLifetime = TimeSpan.FromMinutes(2) };
        if (caFile is not null)
            handler.SslOptions.CertificateChainPolicy = TrustedRoots.Only(RootsIn(caFile));
        _client = new(handler) { Timeout = Timeout, MaxResponseContentBufferSize = LongestAnswer };
    }

    public void Dispose() => _client.Dispose();

    /// <exception cref="AlertDeliveryException">It was not taken.</exception>
    public async Task SendAsync(JsonNode body, Action<HttpRequestHeaders, byte[]> sign, CancellationToken cancellation)
    {
        var bytes = Encoding.UTF8.GetBytes(body.ToJsonString());
        using var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = new ByteArrayContent(bytes) { Headers = { ContentType = new("application/json") } } };
        try
        {
            sign(request.Headers, bytes);
            using var answer = await _client.SendAsync(request, cancellation);
            if (!answer.IsSuccessStatusCode)
                throw new AlertDeliveryException($"{_address.GetLeftPart(UriPartial.Authority)} answered {(int)answer.StatusCode}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UnauthorizedAccessException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new AlertDeliveryException($"{_address.GetLeftPart(UriPartial.Authority)}: {e.GetBaseException().Message}");
        }
    }

    public static X509Certificate2Collection RootsIn(string file)
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPem(ReferencedFile.ReadText(file));
        return roots;
    }
}

/// <summary>A webhook: the alert as JSON, signed where there is a secret.</summary>
internal sealed class WebhookReceiver(string name, WebhookConfiguration configuration) : IAlertReceiver, IDisposable
{
    /// <summary><c>sha256=</c> and the HMAC of the body, as GitHub's webhooks have it.</summary>
    public const string Signature = "X-Edgeop-Signature";

    private readonly AlertPost _post = new(configuration.Url, configuration.CaFile);

    public string Name => name;

    public TimeSpan? Refresh => null;

    public Task SendAsync(AlertMessage message, CancellationToken cancellation) => _post.SendAsync(
        message.Json(),
        (headers, body) =>
        {
            if (configuration.SecretFile is { } file)
                headers.Add(Signature, $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(ReferencedFile.ReadText(file).Trim()), body))}");
        },
        cancellation);

    public void Dispose() => _post.Dispose();
}

/// <summary>Prometheus' Alertmanager, which is told again and again while an alert lasts.</summary>
internal sealed class AlertmanagerReceiver(string name, AlertmanagerConfiguration configuration, TimeProvider time) : IAlertReceiver, IDisposable
{
    /// <summary>As Prometheus does it: four times as long as it takes to say it again.</summary>
    private static readonly TimeSpan ValidFor = TimeSpan.FromMinutes(4);

    private readonly AlertPost _post = new(configuration.Url.TrimEnd('/') + "/api/v2/alerts", configuration.CaFile);

    public string Name => name;

    public TimeSpan? Refresh => TimeSpan.FromMinutes(1);

    public Task SendAsync(AlertMessage message, CancellationToken cancellation) => _post.SendAsync(
        new JsonArray(message.Postable(time.GetUtcNow(), ValidFor)),
        (headers, _) =>
        {
            if (configuration.TokenFile is { } file)
                headers.Authorization = new("Bearer", ReferencedFile.ReadText(file).Trim());
        },
        cancellation);

    public void Dispose() => _post.Dispose();
}
