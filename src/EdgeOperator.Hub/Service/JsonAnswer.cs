using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeOperator.Hub.Service;

/// <summary>Answers in IoT Hub's shapes.</summary>
internal static class JsonAnswer
{
    // Node's SDK reads a body as JSON only under this very type.
    private const string ContentType = "application/json; charset=utf-8";

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task WriteAsync(HttpResponse response, int status, JsonNode body)
    {
        response.StatusCode = status;
        response.ContentType = ContentType;
        await response.WriteAsync(body.ToJsonString(Plain));
    }

    /// <summary>An error in the two ways that SDKs look for it: a header, and a message that starts with the code.</summary>
    public static Task WriteErrorAsync(HttpResponse response, ServiceException error, TimeProvider time)
    {
        response.Headers["iothub-errorcode"] = error.Error.ToString();
        if (error.RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);

        // Who asks for a WebSocket does not get to read the body.
        if (response.HttpContext.WebSockets.IsWebSocketRequest)
            response.Headers["edgeop-error"] = Uri.EscapeDataString(error.Message);
        var now = time.GetUtcNow().UtcDateTime;
        var tracking = $"Tracking ID:{Guid.NewGuid():N}-G:0-TimeStamp:{now.ToString("MM/dd/yyyy HH:mm:ss", CultureInfo.InvariantCulture)}";
        return WriteAsync(response, error.Status, new JsonObject
        {
            ["Message"] = error.Error is ServiceError.DeviceNotOnline or ServiceError.GatewayTimeout ? Inner(error, now).ToJsonString(Plain) : $"ErrorCode:{error.Error};{error.Message}",
            ["ExceptionMessage"] = tracking,
        });
    }

    /// <summary>The body of an error to a device over MQTT, and of errors of direct methods.</summary>
    public static JsonObject Inner(ServiceException error, DateTime now) => new()
    {
        ["errorCode"] = (int)error.Error,
        ["trackingId"] = Guid.NewGuid().ToString("N"),
        ["message"] = error.Message,
        ["timestampUtc"] = now.ToString("o", CultureInfo.InvariantCulture),
        ["info"] = null,
    };
}
