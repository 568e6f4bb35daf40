using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace EdgeOperator.Functions.Queues.Azure;

/// <summary>
/// The queue service of one storage account, by https://learn.microsoft.com/rest/api/storageservices/queue-service-rest-api.
/// A try is given 30 s; faults of the network and of the service are tried again, four times in about five seconds.
/// </summary>
internal sealed class StorageAccount(StorageConnection connection, TimeProvider time) : IDisposable
{
    private const string Version = "2021-12-02";
    private const int Tries = 5;

    /// <summary>Bytes; a message has 64 KiB at most, and an answer 32 of them.</summary>
    private const int LargestAnswer = 16 * 1024 * 1024;

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(300);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        UseCookies = false,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = LargestAnswer,
    };

    /// <param name="path">Escaped, with a slash before it.</param>
    /// <param name="query">Escaped, without a question mark.</param>
    /// <param name="body">XML; null for none.</param>
    /// <returns>The answer, whatever it says of the request.</returns>
    /// <exception cref="IOException">There was no answer, or the service is at fault or lets nobody in.</exception>
    public async Task<StorageAnswer> CallAsync(
        HttpMethod method, string path, string query, byte[]? body, CancellationToken cancellation)
    {
        for (var (attempt, pause) = (1, FirstPause); ; attempt++, pause *= 2)
        {
            try
            {
                var answer = await TryAsync(method, path, query, body, cancellation);
                if ((int)answer.Status < 500 && answer.Status is not (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests))
                    return Accepted(answer, path);
                if (attempt == Tries)
                    throw new IOException($"{Where(path)} answered {(int)answer.Status} ({ErrorCode(answer.Body)})");
            }
            catch (Exception e) when (attempt < Tries && e is HttpRequestException or TimeoutException)
            {
                // The next try may do better.
            }
            catch (Exception e) when (e is HttpRequestException or TimeoutException)
            {
                throw new IOException($"{Where(path)} can't be reached: {e.Message}", e);
            }

            await Task.Delay(pause, time, cancellation);
        }
    }

    /// <summary>For messages; without a signature.</summary>
    public string Where(string path) => $"The queue service at {connection.Endpoint}{path}";

    public void Dispose() => _http.Dispose();

    private async Task<StorageAnswer> TryAsync(
        HttpMethod method, string path, string query, byte[]? body, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var timer = time.CreateTimer(_ => deadline.Cancel(), null, AnswerTimeout, Timeout.InfiniteTimeSpan);
        using var request = Request(method, path, query, body);
        try
        {
            using var response = await _http.SendAsync(request, deadline.Token);
            var receipt = response.Headers.TryGetValues("x-ms-popreceipt", out var values) ? values.First() : null;
            return new(response.StatusCode, await response.Content.ReadAsStringAsync(deadline.Token), receipt);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer within {AnswerTimeout.TotalSeconds} s");
        }
    }

    private HttpRequestMessage Request(HttpMethod method, string path, string query, byte[]? body)
    {
        var all = string.Join('&', new[] { query, connection.Signature }.Where(q => !string.IsNullOrEmpty(q)));
        var request = new HttpRequestMessage(method, $"{connection.Endpoint.ToString().TrimEnd('/')}{path}{(all.Length > 0 ? "?" : "")}{all}");
        if (body is not null)
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/xml") } };
        request.Headers.Add("x-ms-date", time.GetUtcNow().ToString("R", CultureInfo.InvariantCulture));
        request.Headers.Add("x-ms-version", Version);
        if (connection.Key is not null)
            request.Headers.TryAddWithoutValidation("Authorization", SharedKey.Authorization(request, connection.Account!, connection.Key));
        return request;
    }

    private StorageAnswer Accepted(StorageAnswer answer, string path) =>
        answer.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
            ? throw new IOException($"{Where(path)} lets us not in ({(int)answer.Status} {ErrorCode(answer.Body)}): check the key or signature in the connection string, and the device's clock")
            : answer;

    private static string ErrorCode(string body) => QueueXml.ErrorCode(body) ?? "no code";
}

/// <param name="Receipt">A message's new receipt; null where there is none.</param>
internal sealed record StorageAnswer(HttpStatusCode Status, string Body, string? Receipt);
