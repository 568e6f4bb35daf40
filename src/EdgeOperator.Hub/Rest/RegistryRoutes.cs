using System.Text.Json.Nodes;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Registry;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;

namespace EdgeOperator.Hub.Rest;

/// <summary>Devices and modules. A device, and an IoT Edge runtime in its name, may manage the modules of its own.</summary>
internal sealed class RegistryRoutes(DeviceRegistry registry, Action wake)
{
    private const int MostListed = 1000;

    public IEnumerable<ServiceRoute> Routes =>
    [
        new("GET", "devices", ListAsync),
        new("GET", "devices/{}", ReadAsync),
        new("PUT", "devices/{}", WriteAsync),
        new("DELETE", "devices/{}", RemoveAsync),
        new("GET", "devices/{}/modules", ListModulesAsync),
        new("GET", "devices/{}/modules/{}", ReadAsync),
        new("PUT", "devices/{}/modules/{}", WriteAsync),
        new("DELETE", "devices/{}/modules/{}", RemoveAsync),
        new("GET", "statistics/devices", CountDevicesAsync),
        new("GET", "statistics/service", CountConnectedAsync),
    ];

    private static IdentityKey KeyOf(ServiceRequest request) => new(request.Path[1], request.Path.Length == 4 ? request.Path[3] : "");

    private static void NeedRead(ServiceRequest request)
    {
        // A device may look at itself and its own modules.
        if (request.Caller.Identity is not { IsModule: false } device || device.DeviceId != request.Path.ElementAtOrDefault(1))
            request.Need(Rights.RegistryRead);
    }

    private static void NeedWrite(ServiceRequest request)
    {
        if (request.Caller.Identity is not { IsModule: false } device || device.DeviceId != request.Path[1] || request.Path.Length != 4)
            request.Need(Rights.RegistryWrite);
    }

    private async Task ListAsync(ServiceRequest request)
    {
        request.Need(Rights.RegistryRead);
        var top = int.TryParse(request.Http.Request.Query["top"], out var given) ? Math.Clamp(given, 1, MostListed) : MostListed;
        await request.WriteAsync(new JsonArray([.. (await registry.ListDevicesAsync(top, request.Aborted)).Select(RegistryDocument.Write)]));
    }

    private async Task ListModulesAsync(ServiceRequest request)
    {
        NeedRead(request);
        await request.WriteAsync(new JsonArray([.. (await registry.ListModulesAsync(request.Path[1], request.Aborted)).Select(RegistryDocument.Write)]));
    }

    private async Task ReadAsync(ServiceRequest request)
    {
        NeedRead(request);
        await AnswerAsync(request, await registry.GetAsync(KeyOf(request), request.Aborted));
    }

    private async Task WriteAsync(ServiceRequest request)
    {
        NeedWrite(request);
        var key = KeyOf(request);
        var document = await request.BodyAsync();
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[("deviceId", key.DeviceId), ("moduleId", key.ModuleId)])
            if (RegistryDocument.Text(document, name) is { Length: > 0 } inBody && inBody != value)
                throw new ServiceException(ServiceError.ArgumentInvalid, $"the body's {name} '{inBody}' is not the one in the path");
        var row = request.HasMatch
            ? await registry.UpdateAsync(key, document, request.Match, request.Aborted)
            : await registry.CreateAsync(key, document, request.Aborted);
        wake();
        await AnswerAsync(request, row);
    }

    private async Task RemoveAsync(ServiceRequest request)
    {
        NeedWrite(request);
        await registry.RemoveAsync(KeyOf(request), request.Match, request.Aborted);
        wake();
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task CountDevicesAsync(ServiceRequest request)
    {
        request.Need(Rights.RegistryRead);
        var counts = await registry.CountAsync(request.Aborted);
        await request.WriteAsync(new JsonObject
        {
            ["totalDeviceCount"] = counts.Devices,
            ["enabledDeviceCount"] = counts.Enabled,
            ["disabledDeviceCount"] = counts.Devices - counts.Enabled,
        });
    }

    private async Task CountConnectedAsync(ServiceRequest request)
    {
        request.Need(Rights.RegistryRead | Rights.ServiceConnect);
        await request.WriteAsync(new JsonObject { ["connectedDeviceCount"] = (await registry.CountAsync(request.Aborted)).Connected });
    }

    private static async Task AnswerAsync(ServiceRequest request, Storage.IdentityRow row)
    {
        request.Http.Response.Headers.ETag = $"\"{row.Identity.ETag}\"";
        await request.WriteAsync(RegistryDocument.Write(row));
    }
}
