using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace EdgeOperator.Hub.Tests.Mqtt;

/// <summary>A client that frames as it likes: RFC 6455 by hand, over TLS.</summary>
internal sealed class RawWebSocket : IAsyncDisposable
{
    public const byte Continuation = 0;
    public const byte Text = 1;
    public const byte Binary = 2;
    public const byte Close = 8;
    public const byte Ping = 9;
    public const byte Pong = 10;

    private readonly TcpClient _tcp;
    private readonly SslStream _stream;

    private RawWebSocket(TcpClient tcp, SslStream stream) => (_tcp, _stream) = (tcp, stream);

    /// <returns>The client, and the answer's status line and headers.</returns>
    public static async Task<(RawWebSocket Client, string Answer)> OpenAsync(HubUnderTest hub, string protocol = "Sec-WebSocket-Protocol: mqtt\r\n", string path = "/$iothub/websocket?iothub-no-client-cert=true")
    {
        var tcp = new TcpClient();
        await tcp.ConnectAsync(hub.Host, 443);
        var stream = new SslStream(tcp.GetStream());
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = hub.Host, CertificateChainPolicy = hub.Trust() });
        var client = new RawWebSocket(tcp, stream);
        await client.SendAsync(Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: {hub.Host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{protocol}\r\n"));
        return (client, await client.HeadAsync());
    }

    /// <summary>Connects as a device with its key.</summary>
    public static async Task<RawWebSocket> ConnectAsync(HubUnderTest hub, string device, string key)
    {
        var (client, _) = await OpenAsync(hub);
        await client.SendAsync(Frame(Binary, Login(hub, device, key)));
        (await client.ReceiveAsync())!.Value.Payload.Should().Equal(0x20, 2, 0, 0);
        return client;
    }

    public static byte[] Login(HubUnderTest hub, string device, string key) =>
        RawMqtt.Connect(device, $"{hub.Host}/{device}/?api-version=2021-04-12", hub.Token($"{hub.Host}/devices/{device}", key));

    public static byte[] Frame(byte kind, byte[] payload, bool isFinal = true) => [.. Header(kind, payload.Length, isFinal), .. payload];

    /// <summary>The beginning of a frame, masked with zeros.</summary>
    public static byte[] Header(byte kind, long length, bool isFinal = true)
    {
        var size = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(size, length);
        byte[] described = length < 126 ? [(byte)(0x80 | length)] : length <= ushort.MaxValue ? [0x80 | 126, .. size[6..]] : [0x80 | 127, .. size];
        return [(byte)(kind | (isFinal ? 0x80 : 0)), .. described, 0, 0, 0, 0];
    }

    public async Task SendAsync(params byte[] bytes)
    {
        await _stream.WriteAsync(bytes);
        await _stream.FlushAsync();
    }

    /// <returns>Null at the connection's end, in order or not.</returns>
    public async Task<(byte Kind, byte[] Payload)?> ReceiveAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            var header = new byte[2];
            await _stream.ReadExactlyAsync(header, deadline.Token);
            var size = new byte[header[1] switch { 127 => 8, 126 => 2, _ => 0 }];
            await _stream.ReadExactlyAsync(size, deadline.Token);
            var payload = new byte[size.Length == 0 ? header[1] : size.Aggregate(0, (length, part) => (length << 8) | part)];
            await _stream.ReadExactlyAsync(payload, deadline.Token);
            return ((byte)(header[0] & 0xF), payload);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The close code that the hub sends before the end; null when it sends none.</summary>
    public async Task<int?> EndsWithAsync()
    {
        int? code = null;
        while (await ReceiveAsync() is { } frame)
        {
            if (frame.Kind == Close && frame.Payload.Length >= 2)
                code = BinaryPrimitives.ReadUInt16BigEndian(frame.Payload);
            if (frame.Kind == Close)
                await AnswerCloseAsync();
        }

        return code;
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _tcp.Dispose();
    }

    private async Task AnswerCloseAsync()
    {
        try
        {
            await SendAsync(Frame(Close, []));
        }
        catch (IOException)
        {
            // The hub has gone already.
        }
    }

    private async Task<string> HeadAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await _stream.ReadAsync(one, deadline.Token) == 1)
            head.Append((char)one[0]);
        return head.ToString();
    }
}
