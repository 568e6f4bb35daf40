using System.Net.Sockets;
using System.Text;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Loop;

/// <summary>A socket before a real engine's, which at times answers a start of a container as a damaged engine does.</summary>
internal sealed class FailingEngineProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _end = new();
    private readonly TempFolder _folder = new();
    private readonly string _engine;
    private readonly Task _accepting;
    private volatile string? _error;

    /// <param name="engine">The path of the engine's socket.</param>
    public FailingEngineProxy(string engine)
    {
        _engine = engine;
        _listener.Bind(new UnixDomainSocketEndPoint(_folder.File("docker.sock")));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public string Socket => $"unix://{_folder.File("docker.sock")}";

    /// <summary>From now on each start of a container fails with HTTP 500 and this message; null lets all of them through.</summary>
    public string? StartError
    {
        set => _error = value;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
        _folder.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptAsync(_end.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var engine = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using (client)
        {
            try
            {
                await engine.ConnectAsync(new UnixDomainSocketEndPoint(_engine), _end.Token);
                await Task.WhenAny(RequestsAsync(client, engine), AnswersAsync(engine, client));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Either end has closed the connection.
            }
        }
    }

    private async Task RequestsAsync(Socket client, Socket engine)
    {
        var buffer = new byte[16 * 1024];
        while (await client.ReceiveAsync(buffer, _end.Token) is var count and > 0)
        {
            // A start has no body, so its head comes as a whole.
            var line = Encoding.ASCII.GetString(buffer, 0, count).Split("\r\n")[0];
            if (_error is { } error && line.StartsWith("POST ", StringComparison.Ordinal) && line.Contains("/start ", StringComparison.Ordinal))
            {
                var body = $$"""{"message":"{{error}}"}""";
                await client.SendAsync(
                    Encoding.ASCII.GetBytes($"HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"),
                    _end.Token);
                return;
            }

            for (var sent = 0; sent < count;)
                sent += await engine.SendAsync(buffer.AsMemory(sent, count - sent), _end.Token);
        }
    }

    private async Task AnswersAsync(Socket engine, Socket client)
    {
        var buffer = new byte[16 * 1024];
        while (await engine.ReceiveAsync(buffer, _end.Token) is var count and > 0)
        {
            for (var sent = 0; sent < count;)
                sent += await client.SendAsync(buffer.AsMemory(sent, count - sent), _end.Token);
        }
    }
}
