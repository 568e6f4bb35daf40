using System.Text.Json;
using EdgeOperator.Hub.Rest;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Api;

/// <summary>Which devices a list shows.</summary>
/// <param name="Name">What their names begin with.</param>
/// <param name="Labels">As people write them: <c>site=berlin role!=till</c>.</param>
/// <param name="Where">A condition of IoT Hub's query language.</param>
internal sealed record ViewBody(string? Name = null, string? Labels = null, string? State = null, string? Where = null);

/// <param name="Id">The view's name, of its user.</param>
internal sealed record ViewAnswer(string Id, string? Name, string? Labels, string? State, string? Where);

internal sealed record ViewList(IReadOnlyList<ViewAnswer> Items);

/// <summary>Filters for devices that users keep, each their own.</summary>
internal sealed class ViewRoutes(IHubStore store)
{
    private const string Kind = "view";
    private const string One = "views/{view}";
    private const int MostViews = 50;
    private const int LongestName = 64;
    private const int LongestField = 2000;

    public IEnumerable<ServiceRoute> Routes =>
    [
        ApiRoute.Get("views", "Your own views of the list of devices", ListAsync) with { Reach = RouteReach.Caller },
        ApiRoute.Send<ViewBody, ViewAnswer>("PUT", One, "Keep a view of the list of devices, or change it", WriteAsync) with { Reach = RouteReach.Caller },
        ApiRoute.Do("DELETE", One, "Forget a view", RemoveAsync) with { Reach = RouteReach.Caller },
    ];

    private async Task<ViewList> ListAsync(ServiceRequest request)
    {
        var prefix = PrefixOf(request);
        var documents = await store.ListDocumentsAsync(Kind, prefix, MostViews + 1, request.Aborted);
        return new([.. documents.Where(d => d.Id.StartsWith(prefix, StringComparison.Ordinal)).Select(d => Answer(d.Id[prefix.Length..], JsonSerializer.Deserialize<ViewBody>(d.Json, ApiJson.Options)!))]);
    }

    private async Task<ViewAnswer> WriteAsync(ServiceRequest request, ViewBody body)
    {
        var name = request.Path[3];
        if (name.Length is 0 or > LongestName || name.Any(char.IsControl))
            throw new ServiceException(ServiceError.ArgumentInvalid, $"the name of a view has 1 to {LongestName} characters");
        if (((string?[])[body.Name, body.Labels, body.State, body.Where]).Any(field => field?.Length > LongestField))
            throw new ServiceException(ServiceError.ArgumentInvalid, $"a field of a view has at most {LongestField} characters");
        var views = (await ListAsync(request)).Items;
        if (views.Count >= MostViews && views.All(view => view.Id != name))
            throw new ServiceException(ServiceError.ArgumentInvalid, $"you have {MostViews} views already: remove one");
        var document = new Document(Kind, PrefixOf(request) + name, Guid.NewGuid().ToString("N"), JsonSerializer.Serialize(body, ApiJson.Options));
        if (!await store.WriteDocumentAsync(document, null, request.Aborted))
            await store.WriteDocumentAsync(document, "*", request.Aborted);
        return Answer(name, body);
    }

    private async Task RemoveAsync(ServiceRequest request)
    {
        if (!await store.RemoveDocumentAsync(Kind, PrefixOf(request) + request.Path[3], null, request.Aborted))
            throw new ServiceException(ServiceError.ResourceNotFound, $"you have no view {request.Path[3]}");
    }

    private static ViewAnswer Answer(string id, ViewBody body) => new(id, body.Name, body.Labels, body.State, body.Where);

    // No name of a user or policy has a slash.
    private static string PrefixOf(ServiceRequest request) => $"{request.Need(Rights.View | Rights.RegistryRead)}/";
}
