using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Protocol.Hub;
using EdgeOperator.Hub.Figures;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Hub.Telemetry;
using EdgeOperator.Hub.Twins;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeOperator.Hub.Mqtt;

/// <summary>What a connected device or module sends: telemetry, twin requests, answers to methods, subscriptions.</summary>
internal sealed class DevicePackets(IHubStore store, DeviceTwins twins, LiveSessions sessions, DeviceFigures figures, HubMetrics metrics, TimeProvider time)
{
    /// <summary>Properties of a message, encoded.</summary>
    private const int LongestProperties = 16 * 1024;

    /// <param name="delay">How much too fast the device is; zero when it is not.</param>
    /// <exception cref="MqttException">The topic or the quality of service is none that a device may use.</exception>
    public async Task PublishAsync(DeviceSession session, MqttPublishPacket publish, TimeSpan delay)
    {
        if (publish.QualityOfServiceLevel == MqttQualityOfServiceLevel.ExactlyOnce)
            throw new MqttException("QoS 2 is not supported");
        if (publish is { QualityOfServiceLevel: MqttQualityOfServiceLevel.AtLeastOnce, PacketIdentifier: 0 })
            throw new MqttException("a PUBLISH with QoS 1 has no packet identifier");
        var topic = publish.Topic ?? "";
        var payload = publish.Payload.ToArray();
        if (topic.StartsWith("$iothub/twin/", StringComparison.Ordinal))
        {
            await AnswerTwinAsync(session, topic, payload, isThrottled: delay > TimeSpan.Zero);
        }
        else if (topic.StartsWith("$iothub/methods/res/", StringComparison.Ordinal))
        {
            AnswerMethod(session, topic, payload);
        }
        else if (PropertiesOf(session, topic) is { } properties)
        {
            // Not reading is what makes a device send more slowly.
            if (delay > TimeSpan.Zero)
                await Task.Delay(delay, time, session.Channel.Closed);
            await AddTelemetryAsync(session, publish.Retain ? $"{properties}{(properties.Length > 0 ? "&" : "")}mqtt-retain=true" : properties, payload);
        }
        else
        {
            throw new MqttException($"the topic {Printable(topic)} is none that {session.Key} may publish to");
        }

        if (publish.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtLeastOnce)
            session.Channel.Send(new MqttPubAckPacket { PacketIdentifier = publish.PacketIdentifier });
    }

    public async Task SubscribeAsync(DeviceSession session, MqttSubscribePacket subscribe)
    {
        if (subscribe is { PacketIdentifier: 0 } or { TopicFilters.Count: 0 })
            throw new MqttException("a SUBSCRIBE has no packet identifier or no topic");
        var granted = session.Subscriptions;
        var codes = new List<MqttSubscribeReasonCode>();
        foreach (var filter in subscribe.TopicFilters)
        {
            var subscription = TopicFilters.Of(filter.Topic, session.Key);
            var isAcknowledged = filter.QualityOfServiceLevel != MqttQualityOfServiceLevel.AtMostOnce;
            granted |= subscription;
            if (subscription == Subscriptions.Messages)
                granted = isAcknowledged ? granted | Subscriptions.AcknowledgedMessages : granted & ~Subscriptions.AcknowledgedMessages;
            codes.Add(subscription == Subscriptions.None ? MqttSubscribeReasonCode.UnspecifiedError
                : isAcknowledged ? MqttSubscribeReasonCode.GrantedQoS1 : MqttSubscribeReasonCode.GrantedQoS0);
        }

        await StoreAsync(session, granted);
        session.Channel.Send(new MqttSubAckPacket { PacketIdentifier = subscribe.PacketIdentifier, ReasonCodes = codes });
        sessions.Signal(session.Key);
        await session.SendMessagesAsync(store, CancellationToken.None);
    }

    public async Task UnsubscribeAsync(DeviceSession session, MqttUnsubscribePacket unsubscribe)
    {
        if (unsubscribe is { PacketIdentifier: 0 } or { TopicFilters.Count: 0 })
            throw new MqttException("an UNSUBSCRIBE has no packet identifier or no topic");
        var left = session.Subscriptions;
        foreach (var filter in unsubscribe.TopicFilters)
            left &= ~TopicFilters.Of(filter, session.Key);
        await StoreAsync(session, left);
        session.Channel.Send(new MqttUnsubAckPacket { PacketIdentifier = unsubscribe.PacketIdentifier });
    }

    /// <summary>The will of a device that has gone without a word is telemetry.</summary>
    public async Task AddWillAsync(DeviceSession session, MqttConnectPacket connect, CancellationToken cancellation)
    {
        if (PropertiesOf(session, connect.WillTopic ?? "") is { } properties)
            await store.AddTelemetryAsync(new(0, session.Key, time.GetUtcNow(), $"{properties}{(properties.Length > 0 ? "&" : "")}iothub-MessageType=Will", connect.WillMessage ?? []), cancellation);
    }

    /// <returns>The property bag of a telemetry topic; null for any other topic.</returns>
    private static string? PropertiesOf(DeviceSession session, string topic)
    {
        var key = session.Key;
        var name = Uri.EscapeDataString(key.DeviceId);
        string[] own = key.IsModule
            ? [$"devices/{key.DeviceId}/modules/{key.ModuleId}/messages/events", $"devices/{name}/modules/{Uri.EscapeDataString(key.ModuleId)}/messages/events"]
            : [$"devices/{key.DeviceId}/messages/events", $"devices/{name}/messages/events"];
        var prefix = own.FirstOrDefault(o => topic == o || topic.StartsWith($"{o}/", StringComparison.Ordinal));
        return prefix is null ? null : topic[prefix.Length..].Trim('/');
    }

    private async Task StoreAsync(DeviceSession session, Subscriptions subscriptions)
    {
        if (session.Subscriptions == subscriptions)
            return;
        await store.WriteSubscriptionsAsync(session.Key, session.Epoch, (int)subscriptions, CancellationToken.None);
        session.Subscriptions = subscriptions;
    }

    private async Task AddTelemetryAsync(DeviceSession session, string properties, byte[] payload)
    {
        if (properties.Length > LongestProperties)
            throw new MqttException($"the properties of a message are longer than {LongestProperties} bytes");
        if (HubMessages.KindOf(properties) == HubMessages.HostFigures && !session.Key.IsModule)
        {
            await figures.AddAsync(session.Key.DeviceId, payload, CancellationToken.None);
            return;
        }

        await store.AddTelemetryAsync(new(0, session.Key, time.GetUtcNow(), properties, payload), CancellationToken.None);
        metrics.Telemetry();
    }

    private static void AnswerMethod(DeviceSession session, string topic, byte[] payload)
    {
        // $iothub/methods/res/{status}/?$rid={rid}
        var parts = topic.Split('/');
        if (parts.Length < 5 || !int.TryParse(parts[3], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var status) || RequestOf(topic) is not { } request)
            throw new MqttException($"the topic {Printable(topic)} is no answer to a method");
        session.Answer(request, new(status, payload));
    }

    private async Task AnswerTwinAsync(DeviceSession session, string topic, byte[] payload, bool isThrottled)
    {
        if (RequestOf(topic) is not { } request)
            throw new MqttException($"the topic {Printable(topic)} has no $rid");
        var since = time.GetTimestamp();
        var operation = topic[..topic.IndexOf('?', StringComparison.Ordinal)];
        var name = operation.Contains("GET", StringComparison.Ordinal) ? "get" : "report";
        using var activity = HubTracing.Start($"twin {name}", session.Key);
        try
        {
            if (isThrottled)
                throw new ServiceException(ServiceError.ThrottlingException, "the device sends too many requests: try again later");
            switch (operation)
            {
                case "$iothub/twin/GET/":
                    var twin = (await twins.GetAsync(session.Key, CancellationToken.None)).Twin;
                    Reply(session, 200, $"$rid={request}", Encoding.UTF8.GetBytes(twin.ForDevice().ToJsonString()));
                    break;
                case "$iothub/twin/PATCH/properties/reported/":
                    var version = await twins.ReportAsync(session.Key, Patch(payload), CancellationToken.None);
                    Reply(session, 204, $"$rid={request}&$version={version}", []);
                    break;
                default:
                    throw new MqttException($"the topic {Printable(topic)} is no request to a twin");
            }

            metrics.Twin(name, time.GetElapsedTime(since));
            activity.Ended("done");
        }
        catch (ServiceException e)
        {
            // Node's SDK looks at the body alone, C#'s at the status alone.
            activity.Ended(e.Error.ToString(), isError: true);
            Reply(session, e.Status, $"$rid={request}", Encoding.UTF8.GetBytes(JsonAnswer.Inner(e, time.GetUtcNow().UtcDateTime).ToJsonString()));
        }
        catch (StoreException)
        {
            var unavailable = new ServiceException(ServiceError.ServiceUnavailable, "the hub's store can't be used now: try again later");
            activity.Ended(unavailable.Error.ToString(), isError: true);
            Reply(session, unavailable.Status, $"$rid={request}", Encoding.UTF8.GetBytes(JsonAnswer.Inner(unavailable, time.GetUtcNow().UtcDateTime).ToJsonString()));
        }
    }

    private static void Reply(DeviceSession session, int status, string query, byte[] body)
    {
        if (session.Subscriptions.HasFlag(Subscriptions.TwinResults))
            session.Publish($"$iothub/twin/res/{status}/?{query}", body);
    }

    private static JsonObject Patch(byte[] payload)
    {
        try
        {
            return StrictJson.Parse(payload) as JsonObject ?? throw new ServiceException(ServiceError.IotHubFormatError, "reported properties are no JSON object");
        }
        catch (JsonException e)
        {
            throw new ServiceException(ServiceError.IotHubFormatError, $"reported properties are not valid JSON: {e.Message}");
        }
    }

    private static string? RequestOf(string topic)
    {
        var query = topic.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? null : PropertyBag.Parse(topic[query..]).FirstOrDefault(p => p.Key == "$rid").Value is { Length: > 0 and <= 256 } request ? request : null;
    }

    private static string Printable(string text) => string.Concat(text.Take(200).Select(c => char.IsControl(c) ? '?' : c));
}
