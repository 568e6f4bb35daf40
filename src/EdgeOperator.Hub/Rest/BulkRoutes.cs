using System.Text.Json.Nodes;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Registry;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Twins;

namespace EdgeOperator.Hub.Rest;

/// <summary>Many devices and modules by one request. Each is created, changed or removed by itself: what is wrong with one does not hold back the others.</summary>
internal sealed class BulkRoutes(DeviceRegistry registry, DeviceTwins twins, ChangeFeed changes)
{
    /// <summary>As IoT Hub limits it.</summary>
    private const int Most = 100;

    public IEnumerable<ServiceRoute> Routes => [new("POST", "devices", WriteAsync)];

    private async Task WriteAsync(ServiceRequest request)
    {
        request.Need(Rights.RegistryWrite);
        var items = await request.ItemsAsync();
        if (items.Count is 0 or > Most)
            throw new ServiceException(ServiceError.TooManyDevices, $"there are {items.Count} devices in the request, and 1 to {Most} are allowed");
        var keys = items.Select(KeyOf).ToArray();
        if (keys.Distinct().Count() < keys.Length)
            throw new ServiceException(ServiceError.DeviceDefinedMultipleTimes, "a device or module is in the request more than once");

        var errors = new JsonArray();
        foreach (var (key, item) in keys.Zip(items))
        {
            try
            {
                await WriteAsync(key, item, request.Aborted);
            }
            catch (ServiceException e)
            {
                errors.Add(Error(key, item, e));
            }
        }

        changes.Wake();
        if (errors.Count > 0)
            request.Http.Response.Headers["iothub-errorcode"] = nameof(ServiceError.BulkRegistryOperationFailure);
        await request.WriteAsync(
            new JsonObject { ["isSuccessful"] = errors.Count == 0, ["errors"] = errors, ["warnings"] = new JsonArray() },
            errors.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }

    private async Task WriteAsync(IdentityKey key, JsonObject item, CancellationToken cancellation)
    {
        var mode = RegistryDocument.Text(item, "importMode") ?? "createOrUpdate";
        var isMatched = mode.EndsWith("IfMatchETag", StringComparison.OrdinalIgnoreCase);
        string? Match(params ReadOnlySpan<string> names) => isMatched ? ETag(item, names) : null;
        switch (mode.ToUpperInvariant())
        {
            case "CREATE":
                await CreateAsync(key, item, cancellation);
                break;
            case "UPDATE" or "UPDATEIFMATCHETAG":
                await registry.UpdateAsync(key, item, Match("eTag", "etag"), cancellation);
                break;
            case "CREATEORUPDATE" or "CREATEORUPDATEIFMATCHETAG":
                await CreateOrUpdateAsync(key, item, Match("eTag", "etag"), cancellation);
                break;
            case "DELETE" or "DELETEIFMATCHETAG":
                await registry.RemoveAsync(key, Match("eTag", "etag"), cancellation);
                break;
            case "UPDATETWIN" or "UPDATETWINIFMATCHETAG":
                var (tags, desired) = Sections(item);
                await twins.PatchAsync(key, tags, desired, Match("twinETag", "eTag", "etag"), cancellation);
                break;
            default:
                throw new ServiceException(ServiceError.ArgumentInvalid, $"the importMode '{mode}' is none that there is");
        }
    }

    private async Task CreateAsync(IdentityKey key, JsonObject item, CancellationToken cancellation)
    {
        await registry.CreateAsync(key, item, cancellation);
        var (tags, desired) = Sections(item);
        if (tags is not null || desired is not null)
            await twins.PatchAsync(key, tags, desired, null, cancellation);
    }

    private async Task CreateOrUpdateAsync(IdentityKey key, JsonObject item, string? match, CancellationToken cancellation)
    {
        try
        {
            await CreateAsync(key, item, cancellation);
        }
        catch (ServiceException e) when (e.Error is ServiceError.DeviceAlreadyExists or ServiceError.ModuleAlreadyExistsOnDevice)
        {
            await registry.UpdateAsync(key, item, match, cancellation);
        }
    }

    private static IdentityKey KeyOf(JsonObject item) => new(
        RegistryDocument.Text(item, "id") ?? RegistryDocument.Text(item, "deviceId") ?? throw new ServiceException(ServiceError.ArgumentInvalid, "a device in the request has no id"),
        RegistryDocument.Text(item, "moduleId") ?? "");

    private static string ETag(JsonObject item, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (RegistryDocument.Text(item, name)?.Trim('"') is { Length: > 0 } tag)
                return tag == "*" ? throw new ServiceException(ServiceError.ArgumentInvalid, $"'{name}' is any ETag, and importMode asks for a certain one") : tag;
        throw new ServiceException(ServiceError.ArgumentInvalid, $"'{names[0]}' is missing, which importMode asks for");
    }

    private static (JsonObject? Tags, JsonObject? Desired) Sections(JsonObject item) =>
        (item["tags"] as JsonObject, (item["properties"] as JsonObject)?["desired"] as JsonObject);

    private static JsonObject Error(IdentityKey key, JsonObject item, ServiceException problem) => new()
    {
        ["deviceId"] = key.DeviceId,
        ["moduleId"] = key.IsModule ? key.ModuleId : null,
        ["errorCode"] = problem.Error.ToString(),
        ["errorStatus"] = problem.Message,
        ["operation"] = item["importMode"]?.DeepClone(),
    };
}
