using System.Text;
using EdgeOperator.Core.Hub;
using EdgeOperator.Hub.Events;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Hub.Telemetry;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeOperator.Hub.Mqtt;

/// <summary>Logs devices and modules in, and reads what they send until they go.</summary>
internal sealed partial class HubConnections(
    Access access, LoginAdmission admission, IHubStore store, LiveSessions sessions, DevicePackets packets, HubEvents events, HubMetrics metrics, HubConfiguration configuration, TimeProvider time, ILogger<HubConnections> log)
{
    /// <summary>Of a packet: a message of 256 KiB and its topic.</summary>
    private const int LongestPacket = (256 * 1024) + (8 * 1024);

    /// <summary>As IoT Hub limits it.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(1767);

    private static readonly TimeSpan TakeoverAlarm = TimeSpan.FromSeconds(20);

    /// <exception cref="StoreException">The store can't be used.</exception>
    public async Task ServeAsync(MqttChannel channel, IdentityKey key, MqttConnectPacket connect)
    {
        using var scope = log.BeginDeviceScope(key);
        var password = connect.Password is { } given ? Encoding.UTF8.GetString(given) : null;
        if (await LoginAsync(channel, key, password, connect.CleanSession) is not var (login, connected))
            return;
        var session = new DeviceSession(key, channel, connected.Epoch, EndOf(login), IdleLimit(connect.KeepAlivePeriod), time);
        TakeOver(session);
        var isGraceful = false;
        try
        {
            // Whoever was locked out between the look at its credentials and here was not there to be disconnected.
            if (await access.LoginAsync(key, password, channel.ClientCertificate, channel.Closed) is { Identity: null } again)
            {
                isGraceful = true;
                Refuse(channel, key, again);
                return;
            }

            metrics.Connect("Accepted");
            channel.Send(new MqttConnAckPacket { IsSessionPresent = connected.Subscriptions != 0, ReturnCode = MqttConnectReturnCode.ConnectionAccepted });

            // Not before: nothing may be sent ahead of the CONNACK.
            session.Subscriptions = (Subscriptions)connected.Subscriptions;
            sessions.Signal(key);
            events.Add(EventTypes.DeviceConnected, key, $"{key} has connected from {channel.Remote}");
            isGraceful = await ReadAsync(session);
        }
        finally
        {
            sessions.Remove(session);
            session.Abandon();
            await NoteEndAsync(session, isGraceful ? null : connect);
        }
    }

    /// <returns>Null when it was refused.</returns>
    private async Task<(Login Login, ConnectedSession Session)?> LoginAsync(MqttChannel channel, IdentityKey key, string? password, bool isClean)
    {
        using var activity = HubTracing.Start("connect", key);
        using var place = await admission.EnterAsync(channel.Source, channel.Closed);
        if (place is null)
        {
            Overloaded(log, key.ToString(), channel.Remote);
            metrics.Connect(nameof(MqttConnectReturnCode.ConnectionRefusedServerUnavailable));
            activity.Ended("overloaded", isError: true);
            channel.Send(new MqttConnAckPacket { ReturnCode = MqttConnectReturnCode.ConnectionRefusedServerUnavailable });
            return null;
        }

        var login = await access.LoginAsync(key, password, channel.ClientCertificate, channel.Closed);
        if (login.Identity is null)
        {
            Refuse(channel, key, login);
            activity.Ended("refused", isError: true);
            return null;
        }

        var connected = await store.ConnectAsync(key, keepSubscriptions: !isClean, time.GetUtcNow(), channel.Closed);
        activity.Ended("accepted");
        return (login, connected);
    }

    /// <param name="lost">The CONNECT of a device that has gone without a word; null for one that took its leave.</param>
    private async Task NoteEndAsync(DeviceSession session, MqttConnectPacket? lost)
    {
        try
        {
            await store.DisconnectAsync(session.Key, session.Epoch, time.GetUtcNow(), CancellationToken.None);

            // It may have moved to a later connection, here or at another replica.
            if (await store.FindRowAsync(session.Key, CancellationToken.None) is not { Presence.IsConnected: true })
                events.Add(EventTypes.DeviceDisconnected, session.Key, lost is null ? $"{session.Key} has taken its leave" : $"the connection of {session.Key} was lost");
            if (lost?.WillFlag == true)
                await packets.AddWillAsync(session, lost, CancellationToken.None);
        }
        catch (StoreException e)
        {
            CannotUseStore(log, session.Key.ToString(), e);
        }
    }

    private void Refuse(MqttChannel channel, IdentityKey key, Login login)
    {
        Refused(log, key.ToString(), channel.Remote, login.Refusal!);
        metrics.Connect("NotAuthorized");
        channel.Send(new MqttConnAckPacket { ReturnCode = MqttConnectReturnCode.ConnectionRefusedNotAuthorized });
    }

    // One live connection for each identity: the later one stays.
    private void TakeOver(DeviceSession session)
    {
        if (sessions.Add(session) is not { } before)
            return;
        if (time.GetElapsedTime(before.ConnectedAt) < TakeoverAlarm)
            LogRepeatedTakeOver(log, session.Key.ToString(), before.Channel.Remote, session.Channel.Remote);
        before.Close();
    }

    /// <returns>Whether it ended with a DISCONNECT.</returns>
    private async Task<bool> ReadAsync(DeviceSession session)
    {
        try
        {
            await session.SendMessagesAsync(store, session.Channel.Closed);
            return await ReadPacketsAsync(session);
        }
        catch (StoreException e)
        {
            // What can't be stored is not acknowledged, so that the device sends it again when it is back.
            CannotUseStore(log, session.Key.ToString(), e);
            return false;
        }
    }

    private async Task<bool> ReadPacketsAsync(DeviceSession session)
    {
        var limit = new RateLimit(configuration.Devices.MessagesPerSecond, time);

        // Until the end of what was sent, not of the connection: a device may send its last words and close at once.
        while (await session.Channel.ReadAsync(LongestPacket, CancellationToken.None) is { } frame)
        {
            session.Heard();
            switch (MqttChannel.Decode(frame))
            {
                case MqttDisconnectPacket:
                    return true;
                case MqttPublishPacket publish:
                    await packets.PublishAsync(session, publish, limit.Take());
                    break;
                case MqttPubAckPacket acknowledgement:
                    await session.AcknowledgeAsync(acknowledgement.PacketIdentifier, store, CancellationToken.None);
                    break;
                case MqttSubscribePacket subscribe:
                    await packets.SubscribeAsync(session, subscribe);
                    break;
                case MqttUnsubscribePacket unsubscribe:
                    await packets.UnsubscribeAsync(session, unsubscribe);
                    break;
                case MqttPingReqPacket:
                    session.Channel.Send(new MqttPingRespPacket());
                    break;
                case var other:
                    throw new MqttException($"a {other.GetType().Name} is not expected");
            }
        }

        return false;
    }

    private static DateTimeOffset EndOf(Login login) =>
        login.Expires > DateTimeOffset.MaxValue - Access.ClockSkew ? login.Expires : login.Expires + Access.ClockSkew;

    private static TimeSpan IdleLimit(int keepAliveSeconds)
    {
        if (keepAliveSeconds == 0)
            return LongestSilence;
        var limit = TimeSpan.FromSeconds(1.5 * keepAliveSeconds);
        return limit < LongestSilence ? limit : LongestSilence;
    }
}
