using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Protocol.Hub;
using EdgeOperator.Hub.Service;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeOperator.Hub.Security;

/// <summary>A request to the service API, with its path in decoded segments.</summary>
internal sealed class ServiceRequest(HttpContext http, string[] path, Caller caller, int mostBytes = ServiceRequest.MostBytes)
{
    public const int MostBytes = 1024 * 1024;

    /// <summary>Bytes of a body that nobody has signed in for: a certificate request and system information.</summary>
    public const int MostOpenBytes = 64 * 1024;

    public HttpContext Http { get; } = http;

    public string[] Path { get; } = path;

    public Caller Caller { get; } = caller;

    /// <summary>What of the hub there is for the caller; null for all.</summary>
    public FleetScope? Scope { get; init; }

    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>The ETag that <c>If-Match</c> names; null for none, and for a star, quoted or not, as SDKs send it.</summary>
    public string? Match => Http.Request.Headers.IfMatch.ToString().Trim() is { Length: > 0 } text && text.Trim('"') is var tag and not "*" ? tag : null;

    public bool HasMatch => Http.Request.Headers.ContainsKey("If-Match");

    /// <summary>Splits a request's target before anything decodes it: names may hold <c>%</c> and other characters that routing treats as its own.</summary>
    public static string[] PathOf(HttpContext http)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var end = target.IndexOf('?');

        // What a proxy has put before it is none of it.
        var before = http.Request.PathBase.Value?.Split('/', StringSplitOptions.RemoveEmptyEntries).Length ?? 0;
        return [.. (end < 0 ? target : target[..end]).Split('/', StringSplitOptions.RemoveEmptyEntries).Skip(before).Select(Uri.UnescapeDataString)];
    }

    /// <exception cref="ServiceException">The body is no JSON object, or too large.</exception>
    public async Task<JsonObject> BodyAsync() =>
        await NodeAsync() as JsonObject ?? throw new ServiceException(ServiceError.IotHubFormatError, "the body is not a JSON object");

    /// <exception cref="ServiceException">The body is no JSON array of objects, or too large.</exception>
    public async Task<IReadOnlyList<JsonObject>> ItemsAsync() =>
        await NodeAsync() is JsonArray items && items.All(item => item is JsonObject)
            ? [.. items.Select(item => item!.AsObject())]
            : throw new ServiceException(ServiceError.IotHubFormatError, "the body is not a JSON array of objects");

    /// <exception cref="ServiceException">The body is too large.</exception>
    public Task<byte[]> BytesAsync() => BytesAsync(mostBytes);

    /// <exception cref="ServiceException">The body is larger than <paramref name="limit"/> bytes.</exception>
    public async Task<byte[]> BytesAsync(int limit)
    {
        if (Http.Request.ContentLength > limit)
            throw TooLarge(limit);
        var bytes = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await Http.Request.Body.ReadAsync(buffer, Aborted)) > 0)
        {
            if (bytes.Length + count > limit)
                throw TooLarge(limit);
            bytes.Write(buffer, 0, count);
        }

        return bytes.ToArray();
    }

    public Task WriteAsync(JsonNode body, int status = StatusCodes.Status200OK) => JsonAnswer.WriteAsync(Http.Response, status, body);

    /// <returns>The caller's name.</returns>
    /// <exception cref="ServiceException">The caller has none of these rights.</exception>
    public string Need(Rights rights) => (Caller.Rights & rights) != 0 ? Caller.Name : throw Lacking(rights);

    public static ServiceException Denied() => new(ServiceError.IotHubUnauthorizedAccess, "Unauthorized");

    // Users are the hub's own. Policies get IoT Hub's answer where IoT Hub has the route too.
    private ServiceException Lacking(Rights rights)
    {
        if (Caller.Role is { } role)
        {
            var least = Enum.GetValues<Role>().First(one => (RoleRights.Of(one) & rights) != 0);
            var needed = least > role ? least : role;
            return new(ServiceError.RoleNeeded, Caller.Fleets is { } fleets
                ? $"this takes the role {needed}{(least > role ? "" : " over all devices")}, and yours is {role} of {string.Join(", ", fleets)}"
                : $"this takes the role {needed}, and yours is {role}");
        }

        return Caller.Identity is null && Path is ["api", ..] ? new(ServiceError.RoleNeeded, $"this takes a policy with one of the rights {rights}") : Denied();
    }

    private static ServiceException TooLarge(int limit) => new(ServiceError.MessageTooLarge, $"the body is larger than {limit} bytes");

    private async Task<JsonNode?> NodeAsync()
    {
        try
        {
            return StrictJson.Parse(await BytesAsync());
        }
        catch (JsonException e)
        {
            throw new ServiceException(ServiceError.IotHubFormatError, $"the body is not valid JSON: {e.Message}");
        }
    }
}
