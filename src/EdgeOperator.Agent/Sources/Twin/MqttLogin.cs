using EdgeOperator.Git;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;

namespace EdgeOperator.Agent.Sources.Twin;

/// <summary>Logs a client in at a hub or a provisioning service, and out.</summary>
internal static class MqttLogin
{
    private static readonly TimeSpan DisconnectTimeout = TimeSpan.FromSeconds(5);

    /// <exception cref="FetchException">The login is not accepted.</exception>
    /// <exception cref="MqttCommunicationException">The other side can't be reached.</exception>
    public static async Task ConnectAsync(IMqttClient client, TwinLogin login, string clientId, string userName, bool isClean, CancellationToken cancellation)
    {
        var options = new MqttClientOptionsBuilder()
            .WithTcpServer(login.Host, login.Port)
            .WithProtocolVersion(MqttProtocolVersion.V311)
            .WithClientId(clientId)
            .WithCredentials(userName, login.Password)
            .WithCleanSession(isClean)
            .WithStreamProvider(new TlsStreams(login))
            .Build();
        using var keepAlive = MqttKeepAlive.TakeOver(client, options);
        var answer = await client.ConnectAsync(options, cancellation);
        if (answer.ResultCode != MqttClientConnectResultCode.Success)
            throw new FetchException(ReasonOf(answer.ResultCode), $"{login.Host} refuses {clientId}: {answer.ResultCode}");
    }

    /// <summary>Takes leave where it can, and disposes of the client.</summary>
    public static async ValueTask DisconnectAsync(IMqttClient client)
    {
        try
        {
            using var deadline = new CancellationTokenSource(DisconnectTimeout, TimeProvider.System);
            if (client.IsConnected)
                await client.DisconnectAsync(new MqttClientDisconnectOptions(), deadline.Token);
        }
        catch (Exception e) when (e is MqttCommunicationException or OperationCanceledException)
        {
            // It is gone in any case.
        }

        client.Dispose();
    }

    private static string ReasonOf(MqttClientConnectResultCode code) =>
        code is MqttClientConnectResultCode.ServerUnavailable or MqttClientConnectResultCode.ServerBusy ? FetchReasons.Unreachable : FetchReasons.AuthenticationFailed;
}
