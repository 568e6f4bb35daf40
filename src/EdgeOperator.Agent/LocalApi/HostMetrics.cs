using System.Text;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Platform.Metrics;
using EdgeOperator.Platform.Streams;

namespace EdgeOperator.Agent.LocalApi;

/// <summary>
/// The metrics of the function apps' hosts. Gathered once at a time, whoever asks meanwhile gets the same: anybody may ask, and
/// the memory that it takes is that of one answer.
/// </summary>
internal sealed class HostMetrics(IAgentControl control)
{
    /// <summary>Bytes of one host's: some 200 functions.</summary>
    private const int LargestAnswer = 512 * 1024;

    /// <summary>Bytes of all hosts'; those of further hosts are left out.</summary>
    private const int LargestUnion = 8 * 1024 * 1024;

    private const int HostsAtOnce = 8;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private Task<string> _gathering = Task.FromResult("");

    /// <summary>In Prometheus' text format, with the label <c>app</c>.</summary>
    public Task<string> RenderAsync(CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_gathering.IsCompleted)
                _gathering = GatherAsync();
            return _gathering.WaitAsync(cancellation);
        }
    }

    private async Task<string> GatherAsync()
    {
        var apps = control.Status.Resources.Where(r => r.Kind == KindNames.FunctionApp).Select(r => r.Name).ToList();
        var union = new PrometheusUnion("app");
        var size = 0;
        using var deadline = new CancellationTokenSource(Timeout);
        foreach (var some in apps.Chunk(HostsAtOnce))
        {
            var texts = await Task.WhenAll(some.Select(app => HostAsync(app, deadline.Token)));
            foreach (var (app, text) in some.Zip(texts))
            {
                size += text.Length;
                if (size <= LargestUnion)
                    union.Add(app, Encoding.UTF8.GetString(text));
            }
        }

        return union.Render();
    }

    /// <summary>Nothing for a host that does not answer soon, or answers too much: its app's readiness tells of the former.</summary>
    private async Task<byte[]> HostAsync(string app, CancellationToken cancellation)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/metrics", UriKind.Relative));
            using var answer = await control.AskHostAsync(app, request, cancellation);
            return answer.IsSuccessStatusCode
                ? await BoundedStream.ReadAllAsync(await answer.Content.ReadAsStreamAsync(cancellation), LargestAnswer, $"the metrics of {app}", cancellation)
                : [];
        }
        catch (Exception e) when (e is ControlException or HttpRequestException or IOException or OperationCanceledException)
        {
            return [];
        }
    }
}
