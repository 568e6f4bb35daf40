using System.Buffers;
using System.Text.Json.Nodes;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Registry;
using EdgeOperator.Hub.Service;

namespace EdgeOperator.Hub.Methods;

/// <summary>A direct method as somebody asks for it.</summary>
internal sealed record MethodCall(string Name, JsonNode? Payload, TimeSpan ConnectTimeout, TimeSpan ResponseTimeout)
{
    private const int LongestName = 100;
    private const int LongestTimeout = 300;

    // A "/", "#", "+" or "?" would change the topic's meaning.
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*,;=:@");

    /// <param name="body">In IoT Hub's shape.</param>
    /// <exception cref="ServiceException">The name or a timeout is not allowed.</exception>
    public static MethodCall Read(JsonObject body) => Read(RegistryDocument.Text(body, "methodName"), body);

    /// <inheritdoc cref="Read(JsonObject)"/>
    public static MethodCall Read(string? name, JsonObject body)
    {
        if (string.IsNullOrEmpty(name) || name.Length > LongestName || name.AsSpan().ContainsAnyExcept(NameCharacters))
            throw new ServiceException(ServiceError.ArgumentInvalid, $"methodName is not 1 to {LongestName} letters, digits or characters of - . _ ~ ! $ & ' ( ) * , ; = : @");
        return new(name, body["payload"]?.DeepClone(), Seconds(body, "connectTimeoutInSeconds", 0, 0), Seconds(body, "responseTimeoutInSeconds", 5, 30));
    }

    /// <exception cref="ServiceException">The device is not there, or does not answer.</exception>
    public Task<JsonObject> InvokeAsync(DirectMethods methods, IdentityKey key, CancellationToken cancellation) =>
        methods.InvokeAsync(key, Name, Payload, ConnectTimeout, ResponseTimeout, cancellation);

    private static TimeSpan Seconds(JsonObject body, string name, int least, int absent)
    {
        if (body[name] is null)
            return TimeSpan.FromSeconds(absent);
        return body[name] is JsonValue value && value.TryGetValue<int>(out var seconds) && seconds >= least && seconds <= LongestTimeout
            ? TimeSpan.FromSeconds(seconds)
            : throw new ServiceException(ServiceError.ArgumentInvalid, $"{name} is not a whole number from {least} to {LongestTimeout}");
    }
}
