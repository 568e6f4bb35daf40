using System.Text.Json.Nodes;
using EdgeOperator.Core.Hub;
using EdgeOperator.Core.Protocol.Hub;
using EdgeOperator.Hub.Identities;
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
    private const int LongestTimeout = 300;

    private static readonly TimeSpan MessageLife = TimeSpan.FromHours(1);

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
        var body = await request.BodyAsync();
        await request.WriteAsync(await InvokeAsync(methods, TwinRoutes.KeyOf(request), RegistryDocument.Text(body, "methodName"), body, request.Aborted));
    }

    /// <summary>Calls a method as a body in IoT Hub's shape asks for it: payload and time-outs.</summary>
    /// <exception cref="ServiceException">What is asked for is not allowed, or the device does not answer.</exception>
    internal static Task<JsonObject> InvokeAsync(DirectMethods methods, IdentityKey key, string? method, JsonObject body, CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(method) || method.Length > 100 || method.AsSpan().ContainsAnyExcept(MethodCharacters))
            throw new ServiceException(ServiceError.ArgumentInvalid, "methodName is not 1 to 100 letters, digits or characters of - . _ ~ ! $ & ' ( ) * , ; = : @");
        return methods.InvokeAsync(key, method, body["payload"]?.DeepClone(), Seconds(body, "connectTimeoutInSeconds", 0, 0), Seconds(body, "responseTimeoutInSeconds", 5, 30), cancellation);
    }

    // A "/", "#", "+" or "?" would change the topic's meaning.
    private static readonly System.Buffers.SearchValues<char> MethodCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*,;=:@");

    private static TimeSpan Seconds(JsonObject body, string name, int least, int absent)
    {
        if (body[name] is null)
            return TimeSpan.FromSeconds(absent);
        return body[name] is JsonValue value && value.TryGetValue<int>(out var seconds) && seconds >= least && seconds <= LongestTimeout
            ? TimeSpan.FromSeconds(seconds)
            : throw new ServiceException(ServiceError.ArgumentInvalid, $"{name} is not a whole number from {least} to {LongestTimeout}");
    }

    private async Task SendAsync(ServiceRequest request)
    {
        request.Need(Rights.ServiceConnect);
        var device = (await registry.GetAsync(new(request.Path[1]), request.Aborted)).Identity.Key.DeviceId;
        var body = await request.BytesAsync(MostBytes);
        var now = time.GetUtcNow();
        var message = new DeviceMessage(0, PropertyBag.Write(PropertiesOf(request)), body, now, now + MessageLife);
        if (!await store.EnqueueAsync(device, message, configuration.Devices.PendingMessages, now, request.Aborted))
            throw new ServiceException(ServiceError.DeviceMaximumQueueDepthExceeded, $"{configuration.Devices.PendingMessages} messages wait for the device already");
        changes.Wake();
        request.Http.Response.StatusCode = StatusCodes.Status202Accepted;
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
