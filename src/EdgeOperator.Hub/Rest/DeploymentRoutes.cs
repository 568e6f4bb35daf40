using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins.Configurations;
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
internal sealed class DeploymentRoutes(DeviceRegistry registry, DeviceTwins twins)
{
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
        foreach (var (key, settings) in writes)
            await ApplyAsync(key, settings, request.Aborted);
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task ApplyAsync(IdentityKey key, TwinSettings settings, CancellationToken cancellation)
    {
        if (key.IsModule)
            await registry.EnsureAsync(key, new() { ["managedBy"] = "IotEdge" }, cancellation);
        if (settings.IsWhole)
            await twins.ReplaceDesiredAsync(key, settings.SetIn([]), cancellation);
        else
            await twins.SetDesiredAsync(key, settings, cancellation);
    }

    private static (IdentityKey Key, TwinSettings Settings) Read(IdentityKey key, JsonNode? content)
    {
        try
        {
            var settings = content is JsonObject { Count: 0 } ? throw Invalid($"the content of {key} is empty") : TwinSettings.Read(content, key.ToString());
            return settings.IsWhole && !key.IsModule ? throw Invalid("desired properties of a device are set by paths below properties.desired") : (key, settings);
        }
        catch (ConfigurationException e)
        {
            throw new ServiceException(e.Problem is { IsSize: true } ? ServiceError.DeviceModelMaxPropertiesExceeded : ServiceError.ArgumentInvalid, e.Message);
        }
    }

    private static ServiceException Invalid(string message) => new(ServiceError.ArgumentInvalid, message);
}
