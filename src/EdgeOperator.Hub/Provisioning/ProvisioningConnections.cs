using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Protocol.Hub;
using EdgeOperator.Hub.Mqtt;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeOperator.Hub.Provisioning;

/// <summary>The provisioning service over MQTT.</summary>
internal sealed partial class ProvisioningConnections(
    IdScope scope, Attestations attestations, DeviceProvisioning provisioning, HubMetrics metrics, TimeProvider time, ILogger<ProvisioningConnections> log)
{
    private const string Results = "$dps/registrations/res/#";
    private const string Register = "$dps/registrations/PUT/iotdps-register/";
    private const string Status = "$dps/registrations/GET/iotdps-get-operationstatus/";
    private const int LongestPacket = 64 * 1024;

    /// <summary>A device sends a handful of packets in all.</summary>
    private const int RequestsPerSecond = 20;

    /// <summary>Characters of a <c>$rid</c>, which the answer's topic repeats.</summary>
    private const int LongestRequest = 256;

    /// <summary>A device has no reason to stay.</summary>
    private static readonly TimeSpan LongestStay = TimeSpan.FromMinutes(5);

    public async Task ServeAsync(MqttChannel channel, ConnectName.Provisioning name, MqttConnectPacket connect)
    {
        var password = connect.Password is { } given ? Encoding.UTF8.GetString(given) : null;
        var attestation = name.IdScope == scope.Value
            ? await attestations.AttestAsync(scope.Value, name.RegistrationId, password, channel.ClientCertificate, channel.Closed)
            : null;
        if (attestation is null)
        {
            Refused(log, name.RegistrationId, channel.Remote);
            metrics.Connect("NotAuthorized");
            channel.Send(new MqttConnAckPacket { ReturnCode = MqttConnectReturnCode.ConnectionRefusedNotAuthorized });
            return;
        }

        metrics.Connect("Provisioning");
        channel.Send(new MqttConnAckPacket { ReturnCode = MqttConnectReturnCode.ConnectionAccepted });
        using var end = new CancellationTokenSource(LongestStay, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end.Token, channel.Closed);
        await ReadAsync(channel, attestation, either.Token);
    }

    private async Task ReadAsync(MqttChannel channel, Attestation attestation, CancellationToken cancellation)
    {
        var limit = new RateLimit(RequestsPerSecond, time);
        while (await channel.ReadAsync(LongestPacket, cancellation) is { } frame)
        {
            // Each registration is written to the disk.
            if (limit.Take() is var delay && delay > TimeSpan.Zero)
                await Task.Delay(delay, time, cancellation);
            switch (MqttChannel.Decode(frame))
            {
                case MqttDisconnectPacket:
                    return;
                case MqttPublishPacket publish:
                    await AnswerAsync(channel, attestation, publish, cancellation);
                    break;
                case MqttSubscribePacket subscribe:
                    channel.Send(new MqttSubAckPacket
                    {
                        PacketIdentifier = subscribe.PacketIdentifier,
                        ReasonCodes = [.. subscribe.TopicFilters.Select(f => f.Topic == Results ? MqttSubscribeReasonCode.GrantedQoS1 : MqttSubscribeReasonCode.UnspecifiedError)],
                    });
                    break;
                case MqttUnsubscribePacket unsubscribe:
                    channel.Send(new MqttUnsubAckPacket { PacketIdentifier = unsubscribe.PacketIdentifier });
                    break;
                case MqttPingReqPacket:
                    channel.Send(new MqttPingRespPacket());
                    break;
                case MqttPubAckPacket:
                    break;
                case var other:
                    throw new MqttException($"a {other.GetType().Name} is not expected");
            }
        }
    }

    private async Task AnswerAsync(MqttChannel channel, Attestation attestation, MqttPublishPacket publish, CancellationToken cancellation)
    {
        if (publish.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtLeastOnce)
            channel.Send(new MqttPubAckPacket { PacketIdentifier = publish.PacketIdentifier });
        var topic = publish.Topic ?? "";
        var query = topic.IndexOf('?', StringComparison.Ordinal) is var at and >= 0 ? PropertyBag.Parse(topic[at..]) : [];
        var request = query.FirstOrDefault(p => p.Key == "$rid").Value is { Length: > 0 and <= LongestRequest } given ? given : throw new MqttException("a request to the provisioning service has no $rid");
        try
        {
            if (topic.StartsWith(Register, StringComparison.Ordinal))
            {
                await provisioning.RegisterAsync(attestation, cancellation);
                Reply(channel, 202, request, ProvisioningAnswers.Assigning(attestation.RegistrationId), isPending: true);
            }
            else if (topic.StartsWith(Status, StringComparison.Ordinal))
            {
                var operation = query.FirstOrDefault(p => p.Key == "operationId").Value ?? "";
                var state = ProvisioningAnswers.IsOf(operation, attestation.RegistrationId) ? await provisioning.FindAsync(attestation.RegistrationId, cancellation) : null;
                Reply(channel, 200, request, ProvisioningAnswers.Assigned(operation, state ?? throw new ServiceException(ServiceError.ResourceNotFound, "there is no such operation")));
            }
            else
            {
                throw new MqttException("the topic is none of the provisioning service");
            }
        }
        catch (ServiceException e)
        {
            Reply(channel, e.Status, request, ProvisioningAnswers.Error(e, time));
        }
        catch (StoreException)
        {
            var unavailable = ProvisioningAnswers.Unavailable();
            Reply(channel, unavailable.Status, request, ProvisioningAnswers.Error(unavailable, time));
        }
    }

    private static void Reply(MqttChannel channel, int status, string request, JsonObject body, bool isPending = false) => channel.Send(new MqttPublishPacket
    {
        Topic = $"$dps/registrations/res/{status}/?$rid={request}{(isPending ? $"&retry-after={ProvisioningAnswers.RetryAfter}" : "")}",
        PayloadSegment = Encoding.UTF8.GetBytes(body.ToJsonString()),
    });
}
