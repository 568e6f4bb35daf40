using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Protocol.Hub;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Mqtt;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Twins;

namespace EdgeOperator.Hub.Methods;

/// <summary>Calls methods of devices that are connected and have subscribed to methods.</summary>
internal sealed class DirectMethods(LiveSessions sessions, DeviceTwins twins, HubMetrics metrics, TimeProvider time)
{
    public const int MostBytes = 128 * 1024;

    /// <returns><c>status</c> and <c>payload</c> as the device answered.</returns>
    /// <exception cref="ServiceException">There is no such device, it is not connected in time, or does not answer in time.</exception>
    public async Task<JsonObject> InvokeAsync(IdentityKey key, string method, JsonNode? payload, TimeSpan connectTimeout, TimeSpan responseTimeout, CancellationToken cancellation)
    {
        await twins.GetAsync(key, cancellation);
        var session = await sessions.WaitAsync(key, s => s.Subscriptions.HasFlag(Subscriptions.Methods), connectTimeout, time, cancellation);
        if (session is null)
        {
            metrics.Method("offline");
            throw new ServiceException(ServiceError.DeviceNotOnline, "Timed out waiting for device to connect.");
        }

        var body = Encoding.UTF8.GetBytes(payload?.ToJsonString() ?? "null");
        if (body.Length > MostBytes)
            throw new ServiceException(ServiceError.MessageTooLarge, $"the payload is larger than {MostBytes} bytes");
        if (await session.InvokeAsync(method, body, responseTimeout, cancellation) is not { } answer)
        {
            metrics.Method("timeout");
            throw new ServiceException(ServiceError.GatewayTimeout, "Timed out waiting for the response from device.");
        }

        metrics.Method("answered");
        return new() { ["status"] = answer.Status, ["payload"] = PayloadOf(answer) };
    }

    private static JsonNode? PayloadOf(MethodAnswer answer)
    {
        if (answer.Payload.AsSpan().Trim((byte)' ').IsEmpty)
            return null;
        try
        {
            return StrictJson.Parse(answer.Payload);
        }
        catch (JsonException)
        {
            throw new ServiceException(ServiceError.IotHubFormatError, "the device's answer is not valid JSON");
        }
    }
}
