using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol.Hub;
using EdgeOperator.Git;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Sources.Twin;

/// <summary>
/// Asks a Device Provisioning Service which hub the device belongs to. The answer is kept: the service is asked again only when the
/// hub refuses the device.
/// </summary>
internal sealed class TwinProvisioning(ProvisioningConfiguration configuration, int port, string stateFolder, TimeProvider time)
{
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);

    private string Kept => Path.Combine(stateFolder, "assignment.json");

    /// <summary>What the answer is good for: settings that have changed are asked with anew.</summary>
    private string Asked => $"{configuration.Endpoint}/{configuration.IdScope}/{configuration.RegistrationId}";

    /// <param name="login">With the certificate and the trusted roots.</param>
    /// <param name="key">The device's; null when the certificate is the proof.</param>
    /// <exception cref="FetchException">The service can't be reached, or does not know the device.</exception>
    public async Task<(string Hub, string Device)> AssignmentAsync(TwinLogin login, byte[]? key, CancellationToken cancellation)
    {
        if (Read() is { } kept)
            return kept;
        var assigned = await AskAsync(login, key, cancellation);
        var document = new JsonObject { ["asked"] = Asked, ["hub"] = assigned.Hub, ["device"] = assigned.Device };
        PrivateFolder.Create(stateFolder);
        AtomicFile.Write(Kept, Encoding.UTF8.GetBytes(document.ToJsonString()));
        return assigned;
    }

    public void Forget() => File.Delete(Kept);

    private async Task<(string Hub, string Device)> AskAsync(TwinLogin login, byte[]? key, CancellationToken cancellation)
    {
        var resource = $"{configuration.IdScope}/registrations/{configuration.RegistrationId}";
        var password = key is null ? null : SasToken.Create(resource, key, time.GetUtcNow() + TwinCredentials.TokenLife, "registration");
        await using var service = await ProvisioningConnection.OpenAsync(
            login with { Host = configuration.Endpoint, Port = port, DeviceId = configuration.RegistrationId, Password = password }, configuration.IdScope, cancellation);
        var answer = await service.RequestAsync("PUT/iotdps-register/?$rid={0}", new() { ["registrationId"] = configuration.RegistrationId }, cancellation);
        while (Text(answer.Body, "status") is "assigning" or "unassigned")
        {
            await Task.Delay(answer.RetryAfter < LongestRetry ? answer.RetryAfter : LongestRetry, time, cancellation);
            var operation = Uri.EscapeDataString(Text(answer.Body, "operationId") ?? "");
            answer = await service.RequestAsync($"GET/iotdps-get-operationstatus/?$rid={{0}}&operationId={operation}", null, cancellation);
        }

        var state = answer.Body["registrationState"] as JsonObject;
        return Text(answer.Body, "status") == "assigned" && Text(state, "assignedHub") is { } hub && Text(state, "deviceId") is { } device
            ? (hub, device)
            : throw new FetchException(FetchReasons.Refused, $"{configuration.Endpoint} does not assign {configuration.RegistrationId} to a hub: {Text(state, "errorMessage") ?? Text(answer.Body, "status") ?? "it does not say why"}");
    }

    private (string Hub, string Device)? Read()
    {
        if (!File.Exists(Kept))
            return null;
        try
        {
            var kept = JsonNode.Parse(StateFile.ReadText(Kept)) as JsonObject;
            return Text(kept, "asked") == Asked && Text(kept, "hub") is { } hub && Text(kept, "device") is { } device ? (hub, device) : null;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or JsonException)
        {
            // The service is asked again.
            return null;
        }
    }

    private static string? Text(JsonObject? body, string name) => body?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
