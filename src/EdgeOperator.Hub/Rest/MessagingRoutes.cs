using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Hub;
using EdgeOperator.Core.Protocol.Hub;
using EdgeOperator.Hub.Messages;
using EdgeOperator.Hub.Methods;
using EdgeOperator.Hub.Registry;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Hub.Twins;

namespace EdgeOperator.Hub.Rest;

/// <summary>Direct methods and cloud-to-device messages. IoT Hub takes messages over AMQP only, so their route is this hub's own.</summary>
internal sealed class MessagingRoutes(DirectMethods methods, DeviceRegistry registry, IHubStore store, ChangeFeed changes, HubConfiguration configuration, TimeProvider time)
{
    private const int MostBytes = 64 * 1024;
    private const int LongestId = 128;

    private static readonly TimeSpan MessageLife = TimeSpan.FromHours(1);

    /// <summary>As IoT Hub limits it.</summary>
    private static readonly TimeSpan LongestMessageLife = TimeSpan.FromDays(2);

    public IEnumerable<ServiceRoute> Routes =>
    [
        new("POST", "twins/{}/methods", InvokeAsync),
        new("POST", "twins/{}/modules/{}/methods", InvokeAsync),
        new("POST", "devices/{}/messages/devicebound", SendAsync),
        new("DELETE", "devices/{}/commands", PurgeAsync),
    ];

    private async Task InvokeAsync(ServiceRequest request)
    {
        request.Need(Rights.ServiceConnect);
        var call = MethodCall.Read(await request.BodyAsync());
        await request.WriteAsync(await call.InvokeAsync(methods, TwinRoutes.KeyOf(request), request.Aborted));
    }

    private async Task SendAsync(ServiceRequest request)
    {
        request.Need(Rights.ServiceConnect);
        var device = (await registry.GetAsync(new(request.Path[1]), request.Aborted)).Identity.Key.DeviceId;
        var body = await request.BytesAsync(MostBytes);
        var now = time.GetUtcNow();
        var message = new DeviceMessage(0, PropertyBag.Write(PropertiesOf(request)), body, now, ExpiryOf(request, now))
        {
            Id = request.Http.Request.Headers["iothub-messageid"].ToString() is { Length: > 0 and <= LongestId } id ? id : null,
            Ack = AckOf(request),
        };
        if (!await store.EnqueueAsync(device, message, configuration.Devices.PendingMessages, now, request.Aborted))
            throw new ServiceException(ServiceError.DeviceMaximumQueueDepthExceeded, $"{configuration.Devices.PendingMessages} messages wait for the device already");
        changes.Wake();
        request.Http.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    private static Acknowledgement AckOf(ServiceRequest request) => request.Http.Request.Headers["iothub-ack"].ToString().ToLowerInvariant() switch
    {
        "" or "none" => Acknowledgement.None,
        "positive" => Acknowledgement.Positive,
        "negative" => Acknowledgement.Negative,
        "full" => Acknowledgement.Full,
        var other => throw new ServiceException(ServiceError.ArgumentInvalid, $"iothub-ack '{other}' is none of none, positive, negative, full"),
    };

    private static DateTimeOffset ExpiryOf(ServiceRequest request, DateTimeOffset now)
    {
        var text = request.Http.Request.Headers["iothub-expiry"].ToString();
        if (text.Length == 0)
            return now + MessageLife;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var expiry) && expiry > now && expiry <= now + LongestMessageLife
            ? expiry
            : throw new ServiceException(ServiceError.ArgumentInvalid, $"iothub-expiry is no point in time within the next {LongestMessageLife.TotalHours:0} hours");
    }

    // As IoT Hub's HTTP endpoints name them: iothub-messageid, iothub-correlationid, iothub-app-{name}.
    private static IEnumerable<KeyValuePair<string, string?>> PropertiesOf(ServiceRequest request)
    {
        foreach (var (name, value) in request.Http.Request.Headers)
        {
            var property = name.ToLowerInvariant() switch
            {
                "iothub-messageid" => "$.mid",
                "iothub-correlationid" => "$.cid",
                "iothub-userid" => "$.uid",
                "content-type" => "$.ct",
                "content-encoding" => "$.ce",
                "iothub-ack" => "iothub-ack",
                var other when other.StartsWith("iothub-app-", StringComparison.Ordinal) => name["iothub-app-".Length..],
                _ => null,
            };
            if (property is not null)
                yield return new(property, value.ToString());
        }
    }

    private async Task PurgeAsync(ServiceRequest request)
    {
        request.Need(Rights.ServiceConnect);
        var device = request.Path[1];
        await registry.GetAsync(new(device), request.Aborted);
        await request.WriteAsync(new JsonObject { ["deviceId"] = device, ["totalMessagesPurged"] = await store.PurgeMessagesAsync(device, time.GetUtcNow(), request.Aborted) });
    }
}
