using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Registry;

/// <summary>Identities as IoT Hub's registry API writes them.</summary>
internal static class RegistryDocument
{
    private const string NeverTime = "0001-01-01T00:00:00Z";
    private const string NoThumbprint = "0000000000000000000000000000000000000000";
    private const int LeastKey = 16;
    private const int MostKey = 64;

    private static readonly SearchValues<char> HexadecimalDigits = SearchValues.Create("0123456789ABCDEF");

    public static JsonObject Write(IdentityRow row)
    {
        var (identity, presence) = (row.Identity, row.Presence);
        var document = new JsonObject { ["deviceId"] = identity.Key.DeviceId };
        if (identity.Key.IsModule)
        {
            document["moduleId"] = identity.Key.ModuleId;
            document["managedBy"] = identity.ManagedBy;
        }

        document["generationId"] = identity.GenerationId;
        document["etag"] = identity.ETag;
        document["connectionState"] = StateOf(presence);
        document["connectionStateUpdatedTime"] = Time(presence.Changed);
        document["lastActivityTime"] = Time(presence.LastActivity);
        document["cloudToDeviceMessageCount"] = row.PendingMessages;
        document["authentication"] = new JsonObject
        {
            ["symmetricKey"] = new JsonObject { ["primaryKey"] = Base64(identity.PrimaryKey), ["secondaryKey"] = Base64(identity.SecondaryKey) },
            ["x509Thumbprint"] = new JsonObject { ["primaryThumbprint"] = identity.PrimaryThumbprint, ["secondaryThumbprint"] = identity.SecondaryThumbprint },
            ["type"] = NameOf(identity.Authentication),
        };
        if (!identity.Key.IsModule)
        {
            document["status"] = identity.IsEnabled ? "enabled" : "disabled";
            document["statusReason"] = identity.StatusReason;
            document["statusUpdatedTime"] = Time(identity.StatusUpdated);
            document["capabilities"] = new JsonObject { ["iotEdge"] = identity.IsEdge };
        }

        return document;
    }

    /// <summary>Takes over what a request says of an identity; keys that it leaves open are made.</summary>
    /// <exception cref="ServiceException">Something in it is not allowed.</exception>
    public static Identity Read(JsonObject document, Identity before, DateTimeOffset now)
    {
        var authentication = document["authentication"] as JsonObject;
        var type = TypeOf(authentication, before.Authentication);
        var isEnabled = Text(document, "status") switch
        {
            null => before.IsEnabled,
            var status when status.Equals("enabled", StringComparison.OrdinalIgnoreCase) => true,
            var status when status.Equals("disabled", StringComparison.OrdinalIgnoreCase) => false,
            var status => throw Invalid($"the status '{status}' is none of enabled, disabled"),
        };
        var (primary, secondary) = type == AuthenticationType.Sas ? Keys(authentication, before) : (null, null);
        var thumbprints = type == AuthenticationType.SelfSigned ? authentication?["x509Thumbprint"] as JsonObject : null;
        var identity = before with
        {
            IsEnabled = isEnabled,
            StatusReason = Text(document, "statusReason") ?? before.StatusReason,
            StatusUpdated = isEnabled == before.IsEnabled ? before.StatusUpdated : now,
            Authentication = type,
            PrimaryKey = primary,
            SecondaryKey = secondary,
            PrimaryThumbprint = type == AuthenticationType.SelfSigned ? Thumbprint(thumbprints, "primaryThumbprint") ?? before.PrimaryThumbprint : null,
            SecondaryThumbprint = type == AuthenticationType.SelfSigned ? Thumbprint(thumbprints, "secondaryThumbprint") ?? before.SecondaryThumbprint : null,
            IsEdge = document["capabilities"] is JsonObject capabilities ? Flag(capabilities, "iotEdge") : before.IsEdge,
            ManagedBy = Text(document, "managedBy") ?? before.ManagedBy,
        };
        return identity is { Authentication: AuthenticationType.SelfSigned, PrimaryThumbprint: null }
            ? throw Invalid("a self-signed certificate needs authentication.x509Thumbprint.primaryThumbprint")
            : identity;
    }

    public static string NewETag() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(8));

    public static string NameOf(AuthenticationType type) => type switch
    {
        AuthenticationType.Sas => "sas",
        AuthenticationType.SelfSigned => "selfSigned",
        AuthenticationType.CertificateAuthority => "certificateAuthority",
        _ => "none",
    };

    public static string StateOf(Presence presence) => presence.IsConnected ? "Connected" : "Disconnected";

    public static string Time(DateTimeOffset? time) => time is { } known ? TwinMetadata.Time(known) : NeverTime;

    /// <exception cref="ServiceException">It is there and no text.</exception>
    public static string? Text(JsonObject document, string name) => document[name] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        _ => throw Invalid($"'{name}' is not a string"),
    };

    private static bool Flag(JsonObject document, string name) => document[name] is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    private static AuthenticationType TypeOf(JsonObject? authentication, AuthenticationType before) => authentication is null ? before : Text(authentication, "type") switch
    {
        // Older clients leave the type out: whoever names a thumbprint means a certificate.
        null when HasThumbprint(authentication) => AuthenticationType.SelfSigned,
        null => authentication["symmetricKey"] is null ? before : AuthenticationType.Sas,
        var name => Enum.TryParse<AuthenticationType>(name, ignoreCase: true, out var type) && !char.IsDigit(name[0])
            ? type
            : throw Invalid($"the authentication type '{name}' is none of sas, selfSigned, certificateAuthority, none"),
    };

    private static bool HasThumbprint(JsonObject authentication) =>
        authentication["x509Thumbprint"] is JsonObject thumbprints && (Thumbprint(thumbprints, "primaryThumbprint") ?? Thumbprint(thumbprints, "secondaryThumbprint")) is not null;

    private static (byte[] Primary, byte[] Secondary) Keys(JsonObject? authentication, Identity before)
    {
        var keys = authentication?["symmetricKey"] as JsonObject ?? [];
        return (Key(keys, "primaryKey") ?? before.PrimaryKey ?? NewKey(), Key(keys, "secondaryKey") ?? before.SecondaryKey ?? NewKey());
    }

    private static byte[] NewKey() => RandomNumberGenerator.GetBytes(32);

    private static byte[]? Key(JsonObject keys, string name)
    {
        if (Text(keys, name) is not { Length: > 0 } text)
            return null;
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) && length is >= LeastKey and <= MostKey
            ? bytes[..length]
            : throw Invalid($"{name} is not {LeastKey} to {MostKey} bytes in Base64");
    }

    private static string? Thumbprint(JsonObject? thumbprints, string name)
    {
        if (thumbprints is null || Text(thumbprints, name) is not { Length: > 0 } text)
            return null;
        var digits = text.Replace(":", "", StringComparison.Ordinal).ToUpperInvariant();
        if (digits.Length is not (40 or 64) || digits.AsSpan().ContainsAnyExcept(HexadecimalDigits))
            throw Invalid($"{name} is not a SHA-1 or SHA-256 thumbprint of 40 or 64 hexadecimal digits");
        return digits.StartsWith(NoThumbprint, StringComparison.Ordinal) ? null : digits;
    }

    private static string? Base64(byte[]? key) => key is null ? null : Convert.ToBase64String(key);

    private static ServiceException Invalid(string message) => new(ServiceError.ArgumentInvalid, message);
}
