using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace EdgeOperator.Hub.Tests.Mqtt;

/// <summary>A client that sends what it likes: MQTT 3.1.1 by hand, over TLS.</summary>
internal sealed class RawMqtt : IAsyncDisposable
{
    private readonly TcpClient _tcp;
    private readonly SslStream _stream;

    private RawMqtt(TcpClient tcp, SslStream stream) => (_tcp, _stream) = (tcp, stream);

    public static async Task<RawMqtt> OpenAsync(HubUnderTest hub)
    {
        var tcp = new TcpClient();
        await tcp.ConnectAsync(hub.Address, 8883);
        var stream = new SslStream(tcp.GetStream());
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = hub.Host, CertificateChainPolicy = hub.Trust() });
        return new(tcp, stream);
    }

    /// <summary>Connects as a device with its key.</summary>
    /// <returns>The client, and CONNACK's two bytes: session present, return code.</returns>
    public static async Task<(RawMqtt Client, byte[] Acknowledgement)> ConnectAsync(HubUnderTest hub, string device, string key, bool clean = true, ushort keepAlive = 60)
    {
        var client = await OpenAsync(hub);
        await client.SendAsync(Connect(device, $"{hub.Host}/{device}/?api-version=2021-04-12", hub.Token($"{hub.Host}/devices/{device}", key), clean, keepAlive));
        return (client, (await client.ReceiveAsync())!.Value.Body);
    }

    public static byte[] Connect(string clientId, string userName, string password, bool clean = true, ushort keepAlive = 60, byte level = 4, string protocol = "MQTT") => Packet(
        0x10, [.. Text(protocol), level, (byte)(0xC0 | (clean ? 2 : 0)), (byte)(keepAlive >> 8), (byte)keepAlive, .. Text(clientId), .. Text(userName), .. Text(password)]);

    public static byte[] Publish(string topic, string payload, int quality = 0, ushort id = 1) =>
        Packet((byte)(0x30 | (quality << 1)), [.. Text(topic), .. quality > 0 ? new[] { (byte)(id >> 8), (byte)id } : [], .. Encoding.UTF8.GetBytes(payload)]);

    public static byte[] Subscribe(ushort id, params string[] filters) =>
        Packet(0x82, [(byte)(id >> 8), (byte)id, .. filters.SelectMany(f => (byte[])[.. Text(f), 1])]);

    public static byte[] Packet(byte first, byte[] body)
    {
        var packet = new List<byte> { first };
        var length = body.Length;
        do
        {
            packet.Add((byte)((length & 0x7F) | (length > 0x7F ? 0x80 : 0)));
            length >>= 7;
        }
        while (length > 0);
        packet.AddRange(body);
        return [.. packet];
    }

    public async Task SendAsync(params byte[] bytes)
    {
        await _stream.WriteAsync(bytes);
        await _stream.FlushAsync();
    }

    /// <returns>Null when the hub ended the connection in order; a reset throws.</returns>
    public async Task<(byte First, byte[] Body)?> ReceiveAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var one = new byte[1];
        if (await _stream.ReadAsync(one, deadline.Token) == 0)
            return null;
        var first = one[0];
        var length = 0;
        for (var shift = 0; ; shift += 7)
        {
            await _stream.ReadExactlyAsync(one, deadline.Token);
            length |= (one[0] & 0x7F) << shift;
            if (one[0] < 0x80)
                break;
        }

        var body = new byte[length];
        await _stream.ReadExactlyAsync(body, deadline.Token);
        return (first, body);
    }

    /// <summary>The next packet, which must be a PUBLISH.</summary>
    public async Task<(string Topic, string Payload)> ReceivePublishAsync()
    {
        var (first, body) = (await ReceiveAsync())!.Value;
        (first >> 4).Should().Be(3);
        return ReadPublish(first, body);
    }

    public static (string Topic, string Payload) ReadPublish(byte first, byte[] body)
    {
        var length = (body[0] << 8) | body[1];
        var start = 2 + length + ((first & 6) != 0 ? 2 : 0);
        return (Encoding.UTF8.GetString(body, 2, length), Encoding.UTF8.GetString(body, start, body.Length - start));
    }

    public async Task ShouldEndAsync()
    {
        while (await ReceiveAsync() is not null)
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _tcp.Dispose();
    }

    private static byte[] Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
    }
}
