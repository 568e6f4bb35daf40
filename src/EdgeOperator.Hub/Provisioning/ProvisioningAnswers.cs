using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Hub.Service;

namespace EdgeOperator.Hub.Provisioning;

/// <summary>What the provisioning service answers, over MQTT and HTTPS alike. Source: https://learn.microsoft.com/rest/api/iot-dps/device/runtime-registration</summary>
internal static class ProvisioningAnswers
{
    /// <summary>Seconds after which a device asks again.</summary>
    public const int RetryAfter = 1;

    public static JsonObject Assigning(string registrationId) => new() { ["operationId"] = $"4.{Mark(registrationId)}.{Guid.NewGuid()}", ["status"] = "assigning" };

    public static JsonObject Assigned(string operationId, JsonObject state) => new() { ["operationId"] = operationId, ["status"] = "assigned", ["registrationState"] = state };

    /// <summary>Whether an operation is one of this registration.</summary>
    public static bool IsOf(string operationId, string registrationId) => operationId.StartsWith($"4.{Mark(registrationId)}.", StringComparison.Ordinal);

    public static JsonObject Error(ServiceException error, TimeProvider time) => new()
    {
        ["errorCode"] = (int)error.Error,
        ["trackingId"] = Guid.NewGuid().ToString(),
        ["message"] = error.Message,
        ["timestampUtc"] = time.GetUtcNow().UtcDateTime.ToString("o", CultureInfo.InvariantCulture),
    };

    public static ServiceException Unavailable() => new(ServiceError.ServiceUnavailable, "the hub's store can't be used now: try again later");

    private static string Mark(string registrationId) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(registrationId)))[..16];
}
