using System.Text.Json.Nodes;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Registry;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Hub.Twins;

namespace EdgeOperator.Hub.Rest;

/// <summary>Twins and queries over them.</summary>
internal sealed class TwinRoutes(DeviceTwins twins, TwinQueries queries)
{
    public IEnumerable<ServiceRoute> Routes =>
    [
        new("GET", "twins/{}", ReadAsync),
        new("PATCH", "twins/{}", PatchAsync),
        new("PUT", "twins/{}", ReplaceAsync),
        new("GET", "twins/{}/modules/{}", ReadAsync),
        new("PATCH", "twins/{}/modules/{}", PatchAsync),
        new("PUT", "twins/{}/modules/{}", ReplaceAsync),
        new("POST", "devices/query", QueryAsync) { IsRead = true },
    ];

    internal static IdentityKey KeyOf(ServiceRequest request) => new(request.Path[1], request.Path.Length >= 4 && request.Path[2] == "modules" ? request.Path[3] : "");

    private async Task ReadAsync(ServiceRequest request)
    {
        request.Need(Rights.ServiceConnect | Rights.RegistryRead);
        await AnswerAsync(request, await twins.GetAsync(KeyOf(request), request.Aborted));
    }

    private async Task PatchAsync(ServiceRequest request)
    {
        request.Need(Rights.ServiceConnect | Rights.RegistryWrite);
        var (tags, desired) = Sections(await request.BodyAsync());
        await AnswerAsync(request, await twins.PatchAsync(KeyOf(request), tags, desired, request.Match, request.Aborted));
    }

    private async Task ReplaceAsync(ServiceRequest request)
    {
        request.Need(Rights.ServiceConnect | Rights.RegistryWrite);
        var (tags, desired) = Sections(await request.BodyAsync());
        await AnswerAsync(request, await twins.ReplaceAsync(KeyOf(request), tags, desired, request.Match, request.Aborted));
    }

    private async Task QueryAsync(ServiceRequest request)
    {
        request.Need(Rights.ServiceConnect | Rights.RegistryRead);
        var body = await request.BodyAsync();
        var text = RegistryDocument.Text(body, "query") ?? throw new ServiceException(ServiceError.ArgumentInvalid, "'query' is missing");
        var headers = request.Http.Request.Headers;
        var items = int.TryParse(headers["x-ms-max-item-count"], out var given) && given > 0 ? given : 100;
        var continuation = headers["x-ms-continuation"].ToString();
        var page = await queries.RunAsync(text, items, continuation.Length == 0 ? null : continuation, request.Aborted);
        request.Http.Response.Headers["x-ms-item-type"] = page.Type;
        if (page.Continuation is { } next)
            request.Http.Response.Headers["x-ms-continuation"] = next;
        await request.WriteAsync(page.Items);
    }

    // What clients send back of a twin that they have read, reported properties among it, is left alone.
    internal static (JsonObject? Tags, JsonObject? Desired) Sections(JsonObject body)
    {
        if (body["properties"] is not (null or JsonObject))
            throw new ServiceException(ServiceError.ArgumentInvalid, "'properties' is not an object");
        return (Section(body, "tags"), Section(body["properties"] as JsonObject ?? [], "desired"));
    }

    private static JsonObject? Section(JsonObject parent, string name) => parent[name] switch
    {
        null => null,
        JsonObject section => section,
        _ => throw new ServiceException(ServiceError.ArgumentInvalid, $"'{name}' is not an object"),
    };

    private static async Task AnswerAsync(ServiceRequest request, TwinRow row)
    {
        request.Http.Response.Headers.ETag = $"\"{row.Twin.ETag}\"";
        await request.WriteAsync(TwinDocument.Write(row));
    }
}
