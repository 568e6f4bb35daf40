using System.Net.Sockets;
using System.Text.Json;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Testing.Devices;

/// <summary>The agent's socket, for waiting: a process for every look would be slow.</summary>
internal sealed class ApiConnection(string socketPath) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new("http://agent/v1/"),
        Timeout = Eventually.Slow,
    };

    public async Task<DeviceStatus> StatusAsync()
    {
        await using var answer = await _http.GetStreamAsync(new Uri("status", UriKind.Relative));
        return (await JsonSerializer.DeserializeAsync(answer, ProtocolJson.Default.DeviceStatus))!;
    }

    public async Task ReconcileAsync() =>
        (await _http.PostAsync(new Uri("reconcile", UriKind.Relative), null)).EnsureSuccessStatusCode().Dispose();

    public Task<string> MetricsAsync() => _http.GetStringAsync(new Uri("/metrics", UriKind.Relative));

    public void Dispose() => _http.Dispose();
}
