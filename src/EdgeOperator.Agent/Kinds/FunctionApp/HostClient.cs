using System.Net.Http.Headers;
using System.Text.Json;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Platform.Sockets;

namespace EdgeOperator.Agent.Kinds.FunctionApp;

/// <summary>
/// Talks to an app's host over its Unix socket. The socket lies in the folder of the app's user, and so may be replaced by any
/// process of the app: only the host itself is talked to, and all that it answers is bounded.
/// </summary>
internal sealed class HostClient : IDisposable
{
    /// <summary>KiB.</summary>
    private const int LongestHead = 16;

    /// <summary>Bytes; some 2,000 functions.</summary>
    private const int LargestAnswer = 1024 * 1024;

    private const int MostFunctions = 5000;
    private const int MostInstances = 1000;
    private const int LongestText = 16 * 1024;

    private readonly HttpClient _http;

    /// <param name="hostProcess">The id of the process that is the host; null when none runs.</param>
    public HostClient(string socket, Func<int?> hostProcess)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = (_, cancellation) => ConnectAsync(socket, hostProcess, cancellation),
            MaxResponseHeadersLength = LongestHead,
            MaxResponseDrainSize = 0,
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            UseCookies = false,
        };
        _http = new(handler)
        {
            BaseAddress = new("http://host"),
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = LargestAnswer,
        };
    }

    /// <summary>For what the host has at hand, the whole answer included.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Null when the host does not answer, or not as a host does.</summary>
    public async Task<HostReport?> StatusAsync(CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(AnswerTimeout);
        try
        {
            var answer = await _http.GetByteArrayAsync(new Uri("/status", UriKind.Relative), deadline.Token);
            return JsonSerializer.Deserialize(answer, HostJson.Default.HostReport) is { } report && IsReasonable(report) ? report : null;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <summary>Asks for a generation. False when the host does not answer; it finds the request when it starts.</summary>
    public async Task<bool> PutAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(AnswerTimeout);
        try
        {
            using var content = new ReadOnlyMemoryContent(request);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var answer = await _http.PutAsync(new Uri("/generation", UriKind.Relative), content, deadline.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return false;
        }
    }

    /// <summary>Sends on what somebody asks the host; returns once the answer begins.</summary>
    /// <exception cref="HttpRequestException">The host does not answer.</exception>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation) =>
        _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);

    public void Dispose() => _http.Dispose();

    /// <summary>What the agent keeps, shows and exports of it must stay small.</summary>
    private static bool IsReasonable(HostReport report) =>
        report.Functions.Length <= MostFunctions && report.Instances.Length <= MostInstances
        && report.Functions.All(f => f is not null && IsShort(f.Name) && IsShort(f.Trigger) && IsShort(f.Url) && IsShort(f.Error) && IsShort(f.LastError))
        && report.Instances.All(i => i is not null && IsShort(i.State))
        && IsShort(report.Failure) && IsShort(report.Url) && IsShort(report.Version) && IsShort(report.Serving) && IsShort(report.Wanted);

    private static bool IsShort(string? text) => text is not { Length: > LongestText };

    private static ValueTask<Stream> ConnectAsync(string path, Func<int?> hostProcess, CancellationToken cancellation) =>
        UnixSocket.ConnectAsync(path, cancellation, peer => hostProcess() == peer.Process);
}
