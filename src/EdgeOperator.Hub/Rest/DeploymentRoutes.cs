using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Registry;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Twins;

namespace EdgeOperator.Hub.Rest;

/// <summary>What <c>az iot edge set-modules</c> sends: a deployment for one device.</summary>
/// <remarks>
/// All is checked before anything is written. Identities of modules that the deployment no longer names are removed by the
/// device's own runtime, as on IoT Hub.
/// </remarks>
internal sealed class DeploymentRoutes(DeviceRegistry registry, DeviceTwins twins, TimeProvider time)
{
    private const string Desired = "properties.desired";

    public IEnumerable<ServiceRoute> Routes => [new("POST", "devices/{}/applyConfigurationContent", ApplyAsync)];

    private async Task ApplyAsync(ServiceRequest request)
    {
        request.Need(Rights.RegistryWrite | Rights.ServiceConnect);
        var device = await registry.GetAsync(new(request.Path[1]), request.Aborted);
        var body = await request.BodyAsync();

        // Older clients say moduleContent.
        var modules = (body["modulesContent"] ?? body["moduleContent"]) as JsonObject ?? [];
        var content = body["deviceContent"] as JsonObject ?? [];
        if (modules.Count == 0 && content.Count == 0)
            throw Invalid("the content has neither modulesContent nor deviceContent");
        if (modules.Count > 0 && !device.Identity.IsEdge)
            throw new ServiceException(ServiceError.InvalidOperation, $"{device.Identity.Key} is no IoT Edge device: set its capability iotEdge first");

        var writes = modules.Select(m => Read(new(request.Path[1], m.Key), m.Value)).ToList();
        if (content.Count > 0)
            writes.Add(Read(new(request.Path[1]), content));
        foreach (var write in writes)
            Check(write);
        foreach (var write in writes)
            await ApplyAsync(write, request.Aborted);
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task ApplyAsync(Write write, CancellationToken cancellation)
    {
        if (write.Key.IsModule)
            await registry.EnsureAsync(write.Key, new() { ["managedBy"] = "IotEdge" }, cancellation);
        if (write.Replacement is { } replacement)
            await twins.ReplaceDesiredAsync(write.Key, replacement, cancellation);
        if (write.Patch is { } patch)
            await twins.PatchAsync(write.Key, null, patch, null, cancellation);
    }

    // As a new twin would take it, so that one bad module leaves all others as they were.
    private void Check(Write write)
    {
        var now = time.GetUtcNow();
        var result = write.Replacement is { } replacement ? TwinWrite.ReplaceDesired(Twin.Initial, replacement, now) : TwinWrite.Patch(Twin.Initial, null, write.Patch, now);
        if (result.Problem is { } problem)
            throw new ServiceException(problem.IsSize ? ServiceError.DeviceModelMaxPropertiesExceeded : ServiceError.ArgumentInvalid, $"{write.Key}: {problem}");
    }

    private static Write Read(IdentityKey key, JsonNode? content)
    {
        if (content is not JsonObject settings || settings.Count == 0)
            throw Invalid($"the content of {key} is not an object with {Desired}");
        JsonObject? replacement = null, patch = null;
        foreach (var (path, value) in settings)
        {
            if (path == Desired && key.IsModule && value is JsonObject whole)
                replacement = whole;
            else if (path.StartsWith($"{Desired}.", StringComparison.Ordinal))
                Place(patch ??= [], path[(Desired.Length + 1)..].Split('.'), value);
            else
                throw Invalid($"'{path}' of {key} is not {Desired} or a path below it");
        }

        return new(key, replacement, patch);
    }

    private static void Place(JsonObject patch, ReadOnlySpan<string> path, JsonNode? value)
    {
        foreach (var name in path[..^1])
        {
            if (patch[name] is not JsonObject)
                patch[name] = new JsonObject();
            patch = patch[name]!.AsObject();
        }

        patch[path[^1]] = value?.DeepClone();
    }

    private static ServiceException Invalid(string message) => new(ServiceError.ArgumentInvalid, message);

    private sealed record Write(IdentityKey Key, JsonObject? Replacement, JsonObject? Patch);
}
