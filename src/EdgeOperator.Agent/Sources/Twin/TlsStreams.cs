using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using MQTTnet.Channel;

namespace EdgeOperator.Agent.Sources.Twin;

/// <summary>Opens streams over TLS, for MQTT. MQTTnet's own TLS takes no context of a client's certificate (<see cref="TwinLogin.Tls"/>).</summary>
internal sealed class TlsStreams(TwinLogin login) : IMqttClientStreamProvider
{
    public async Task<Stream> ConnectAsync(EndPoint brokerEndPoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        SslStream? stream = null;
        try
        {
            await socket.ConnectAsync(brokerEndPoint, cancellationToken);
            stream = new(new NetworkStream(socket, ownsSocket: true));
            await stream.AuthenticateAsClientAsync(login.Tls(), cancellationToken);
            return stream;
        }
        catch
        {
            if (stream is not null)
                await stream.DisposeAsync();
            socket.Dispose();
            throw;
        }
    }
}
