using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Rest;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Snapshots;

namespace EdgeOperator.Hub.Api;

/// <summary>What devices observe of themselves: they write their own, operators read it.</summary>
internal sealed class SnapshotRoutes(DeviceSnapshots snapshots)
{
    private const string Pattern = "devices/{device}/snapshot";

    public IEnumerable<ServiceRoute> Routes =>
    [
        ApiRoute.Stream(Pattern, "What a device has observed of itself, and what it remembers, as it was last sent", "application/json", ReadAsync) with { Reach = RouteReach.Device },
        new("PUT", ApiRoute.Prefix + Pattern, WriteAsync) { IsOwnReport = true },
    ];

    private async Task ReadAsync(ServiceRequest request)
    {
        if (!IsItself(request))
            request.Need(Rights.RegistryRead | Rights.View);
        var stored = await snapshots.FindAsync(request.Path[3], request.Aborted)
            ?? throw new ServiceException(ServiceError.ResourceNotFound, $"there is no snapshot of {request.Path[3]}: its agent sends one after its first report");
        var response = request.Http.Response;
        response.Headers.ETag = $"\"{stored.ETag}\"";
        response.Headers.LastModified = stored.At.ToString("r", System.Globalization.CultureInfo.InvariantCulture);
        response.ContentType = "application/json; charset=utf-8";
        var isPacked = request.Http.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
        if (isPacked)
            response.Headers.ContentEncoding = "gzip";
        var body = isPacked ? stored.Body : await DeviceSnapshots.UnpackAsync(stored.Body, request.Aborted);
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, request.Aborted);
    }

    private async Task WriteAsync(ServiceRequest request)
    {
        if (!IsItself(request))
            throw ServiceRequest.Denied();
        await snapshots.WriteAsync(request.Path[3], await request.BytesAsync(DeviceSnapshots.MostBytes), request.Aborted);
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static bool IsItself(ServiceRequest request) => request.Caller.Identity == new IdentityKey(request.Path[3]);
}
