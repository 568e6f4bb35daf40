using System.Net.Sockets;
using System.Text;

namespace EdgeOperator.EndToEndTests.Support;

/// <summary>systemd's side of <c>sd_notify</c>.</summary>
internal sealed class NotifySocket : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public NotifySocket(string path)
    {
        Path = path;
        _socket.Bind(new UnixDomainSocketEndPoint(path));
    }

    public string Path { get; }

    /// <summary>Reads messages until one of them holds this line.</summary>
    /// <exception cref="TimeoutException">None did.</exception>
    public async Task ReceivesAsync(string line)
    {
        using var deadline = new CancellationTokenSource(Timeout);
        var seen = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var message = Encoding.UTF8.GetString(buffer, 0, await _socket.ReceiveAsync(buffer, SocketFlags.None, deadline.Token));
                if (message.Split('\n').Contains(line))
                    return;
                seen.AppendLine(message);
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"no {line} came, only:\n{seen}");
        }
    }

    public void Dispose() => _socket.Dispose();
}
