using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace EdgeOperator.Benchmarks.Hub;

/// <summary>An MQTT client that costs little itself: packets by hand, over TLS.</summary>
internal sealed class BenchDevice : IAsyncDisposable
{
    private readonly TcpClient _tcp;
    private readonly SslStream _stream;

    private BenchDevice(TcpClient tcp, SslStream stream) => (_tcp, _stream) = (tcp, stream);

    /// <exception cref="InvalidOperationException">It was refused.</exception>
    public static async Task<BenchDevice> ConnectAsync(string host, int port, X509Certificate2 authority, string clientId, string? user = null, string? password = null)
    {
        var tcp = new TcpClient { NoDelay = true };
        await tcp.ConnectAsync(host, port);
        var stream = new SslStream(tcp.GetStream());
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(authority);
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host, CertificateChainPolicy = policy });
        var device = new BenchDevice(tcp, stream);
        await device.SendAsync(Packet(0x10, [.. Text("MQTT"), 4, (byte)(user is null ? 2 : 0xC2), 4, 0, .. Text(clientId), .. user is null ? [] : Text(user), .. password is null ? [] : Text(password)]));
        if (await device.ReceiveAsync() is not (0x20, [_, 0]))
            throw new InvalidOperationException($"{clientId} was refused");
        return device;
    }

    public async Task SubscribeAsync(string filter)
    {
        await SendAsync(Packet(0x82, [0, 1, .. Text(filter), 0]));
        await ReceiveAsync();
    }

    public Task PublishAsync(string topic, string payload) => SendAsync(Packet(0x30, [.. Text(topic), .. Encoding.UTF8.GetBytes(payload)]));

    public async Task<(byte First, byte[] Body)> ReceiveAsync()
    {
        var one = new byte[1];
        await _stream.ReadExactlyAsync(one);
        var first = one[0];
        var length = 0;
        for (var shift = 0; ; shift += 7)
        {
            await _stream.ReadExactlyAsync(one);
            length |= (one[0] & 0x7F) << shift;
            if (one[0] < 0x80)
                break;
        }

        var body = new byte[length];
        await _stream.ReadExactlyAsync(body);
        return (first, body);
    }

    /// <returns>The topic of the next PUBLISH.</returns>
    public async Task<string> ReceiveTopicAsync()
    {
        var (_, body) = await ReceiveAsync();
        return Encoding.UTF8.GetString(body, 2, (body[0] << 8) | body[1]);
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _tcp.Dispose();
    }

    private async Task SendAsync(byte[] bytes)
    {
        await _stream.WriteAsync(bytes);
        await _stream.FlushAsync();
    }

    private static byte[] Packet(byte first, byte[] body)
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

    private static byte[] Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
    }
}
