using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Protocol.Hub;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Mqtt;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Telemetry;
using EdgeOperator.Hub.Twins;

namespace EdgeOperator.Hub.Methods;

/// <summary>Calls methods of devices that are connected and have subscribed to methods.</summary>
internal sealed class DirectMethods(LiveSessions sessions, RemoteMethods remote, DeviceTwins twins, HubMetrics metrics, TimeProvider time)
{
    public const int MostBytes = 128 * 1024;

    /// <summary>How often other replicas are looked at for a device that is waited for.</summary>
    private static readonly TimeSpan RemoteInterval = TimeSpan.FromMilliseconds(500);

    /// <returns><c>status</c> and <c>payload</c> as the device answered.</returns>
    /// <exception cref="ServiceException">There is no such device, it is not connected in time, or does not answer in time.</exception>
    public async Task<JsonObject> InvokeAsync(IdentityKey key, string method, JsonNode? payload, TimeSpan connectTimeout, TimeSpan responseTimeout, CancellationToken cancellation)
    {
        await twins.GetAsync(key, cancellation);
        var body = Encoding.UTF8.GetBytes(payload?.ToJsonString() ?? "null");
        if (body.Length > MostBytes)
            throw new ServiceException(ServiceError.MessageTooLarge, $"the payload is larger than {MostBytes} bytes");
        using var activity = HubTracing.Start($"method {method}", key, ActivityKind.Client);
        if (await CallAsync(key, method, body, connectTimeout, responseTimeout, cancellation) is not { } result)
        {
            metrics.Method("offline");
            activity.Ended("offline", isError: true);
            throw new ServiceException(ServiceError.DeviceNotOnline, "Timed out waiting for device to connect.");
        }

        if (result.Answer is not { } answer)
        {
            metrics.Method("timeout");
            activity.Ended("timeout", isError: true);
            throw new ServiceException(ServiceError.GatewayTimeout, "Timed out waiting for the response from device.");
        }

        metrics.Method("answered");
        activity.Ended("answered");
        return new() { ["status"] = answer.Status, ["payload"] = PayloadOf(answer) };
    }

    /// <returns>Null when the device is connected nowhere in time.</returns>
    private async Task<RemoteResult?> CallAsync(IdentityKey key, string method, byte[] body, TimeSpan connectTimeout, TimeSpan responseTimeout, CancellationToken cancellation)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            // Here first: it is looked for again below.
            if (sessions.Find(key) is { } here && TakesMethods(here))
                return new(true, await here.InvokeAsync(method, body, responseTimeout, cancellation));
            if (await remote.InvokeAsync(key, method, body, responseTimeout, cancellation) is { IsConnected: true } result)
                return result;
            var left = connectTimeout - time.GetElapsedTime(since);
            if (left <= TimeSpan.Zero)
                return null;
            await sessions.WaitAsync(key, TakesMethods, remote.IsShared && left > RemoteInterval ? RemoteInterval : left, time, cancellation);
        }
    }

    private static bool TakesMethods(DeviceSession session) => session.Subscriptions.HasFlag(Subscriptions.Methods);

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
