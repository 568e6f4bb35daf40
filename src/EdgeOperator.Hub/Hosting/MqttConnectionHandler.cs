using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EdgeOperator.Core.Hub;
using EdgeOperator.Hub.Mqtt;
using EdgeOperator.Hub.Provisioning;
using EdgeOperator.Hub.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Http.Features;
using MQTTnet.Adapter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeOperator.Hub.Hosting;

/// <summary>
/// A connection's way, over TCP or WebSocket: one CONNECT within a deadline and a small limit, then the hub or the
/// provisioning service, by the user name.
/// </summary>
internal sealed partial class MqttConnectionHandler(
    HubConnections hub, ProvisioningConnections provisioning, HubMetrics metrics, HubConfiguration configuration, TimeProvider time, ILogger<MqttConnectionHandler> log) : ConnectionHandler
{
    /// <summary>Bytes of a CONNECT, which nobody is known to have sent; the will is in it.</summary>
    private const int LongestConnect = 16 * 1024;

    private int _connections;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        if (connection.Features.Get<ITransferFormatFeature>() is { } format)
            format.ActiveFormat = TransferFormat.Binary;
        try
        {
            if (Interlocked.Increment(ref _connections) > configuration.Devices.Connections)
                TooManyConnections(log, configuration.Devices.Connections);
            else
                await ServeAsync(connection);
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    private async Task ServeAsync(ConnectionContext connection)
    {
        var channel = new MqttChannel(connection, await CertificateAsync(connection));

        // The server asks so when it stops.
        var closing = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        await using var registration = closing.Register(channel.Close);
        await ServeAsync(channel);
    }

    private async Task ServeAsync(MqttChannel channel)
    {
        // What a device asks for is a trace each: the request that a WebSocket began with may be weeks old.
        Activity.Current = null;
        try
        {
            using var deadline = new CancellationTokenSource(configuration.Devices.ConnectTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, channel.Closed);
            if (await channel.ReadConnectAsync(LongestConnect, either.Token) is not { } frame)
                return;
            if (!IsSupported(frame))
            {
                Refuse(channel, MqttConnectReturnCode.ConnectionRefusedUnacceptableProtocolVersion);
                return;
            }

            var connect = MqttChannel.Decode(frame) as MqttConnectPacket ?? throw new MqttException("the first packet is no CONNECT");
            switch (ConnectName.Parse(connect.Username ?? ""))
            {
                case ConnectName.Hub name when ClientIdOf(name) == connect.ClientId:
                    await hub.ServeAsync(channel, name.Key, connect);
                    break;
                case ConnectName.Provisioning name when name.RegistrationId == connect.ClientId:
                    await provisioning.ServeAsync(channel, name, connect);
                    break;
                default:
                    Refuse(channel, MqttConnectReturnCode.ConnectionRefusedIdentifierRejected);
                    break;
            }
        }
        catch (MqttException e)
        {
            BrokeProtocol(log, channel.Remote, e.Message);
        }
        catch (StoreException e)
        {
            // Never as if the credentials were wrong: devices would give up, or provision themselves anew.
            CannotUseStore(log, channel.Remote, e);
            Refuse(channel, MqttConnectReturnCode.ConnectionRefusedServerUnavailable);
        }
        catch (Exception e) when (e is OperationCanceledException or ConnectionResetException or IOException or ConnectionAbortedException or WebSocketException)
        {
            // It has gone, or never said who it is.
        }

        await channel.EndAsync(time);
    }

    private void Refuse(MqttChannel channel, MqttConnectReturnCode code)
    {
        metrics.Connect(code.ToString());
        channel.Send(new MqttConnAckPacket { ReturnCode = code });
    }

    private static string ClientIdOf(ConnectName.Hub name) => name.Key.ToString();

    // MQTT 3.1.1 says "MQTT" and level 4.
    private static bool IsSupported(ReceivedMqttPacket frame)
    {
        var body = frame.Body.AsSpan();
        return body.Length > 7 && BinaryPrimitives.ReadUInt16BigEndian(body) == 4 && Encoding.ASCII.GetString(body.Slice(2, 4)) == "MQTT" && body[6] == 4;
    }

    private static async Task<X509Certificate2?> CertificateAsync(ConnectionContext connection)
    {
        if (connection.GetHttpContext() is { } http)
            return await http.Connection.GetClientCertificateAsync();
        return connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate;
    }
}
