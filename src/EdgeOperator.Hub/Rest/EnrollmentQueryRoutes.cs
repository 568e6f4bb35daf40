using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins.Query;
using EdgeOperator.Hub.Provisioning;
using EdgeOperator.Hub.Registry;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Rest;

/// <summary>Queries of the provisioning service's own API: enrollments, groups, and who registered by a group, page by page.</summary>
internal sealed class EnrollmentQueryRoutes(Enrollments enrollments, IHubStore store)
{
    private const int MostListed = 1000;

    public IEnumerable<ServiceRoute> Routes =>
    [
        new("POST", "enrollments/query", request => ListAsync(request, Enrollments.Individual)) { IsRead = true },
        new("POST", "enrollmentGroups/query", request => ListAsync(request, Enrollments.Group)) { IsRead = true },
        new("POST", "registrations/{}/query", ListRegistrationsAsync) { IsRead = true },
    ];

    private async Task ListAsync(ServiceRequest request, string kind)
    {
        request.Need(Rights.Provisioning);
        var condition = await ConditionAsync(request, kind == Enrollments.Individual ? "enrollments" : "enrollmentGroups");
        await WritePageAsync(request, kind, (after, rows) => enrollments.AllAsync(kind, request.Aborted, after, rows).Select(e => EnrollmentRoutes.Shown(e.Body, e.ETag)), kind == Enrollments.Individual ? "registrationId" : "enrollmentGroupId", condition);
    }

    private async Task ListRegistrationsAsync(ServiceRequest request)
    {
        request.Need(Rights.Provisioning);
        var condition = await ConditionAsync(request, "registrations");
        await WritePageAsync(request, "deviceRegistration", RegistrationsOf(request.Path[1], request.Aborted), "registrationId", condition);
    }

    private Func<string, int, IAsyncEnumerable<JsonObject>> RegistrationsOf(string group, CancellationToken cancellation) => (after, rows) =>
        store.AllDocumentsAsync(DeviceProvisioning.Registration, rows, cancellation, after, group).Select(document => JsonNode.Parse(document.Json)!.AsObject());

    /// <summary>A page of items that are in the order of their names.</summary>
    /// <param name="read">Reads items behind a name, so many at once.</param>
    private static async Task WritePageAsync(ServiceRequest request, string type, Func<string, int, IAsyncEnumerable<JsonObject>> read, string idName, QueryExpression? condition)
    {
        var (most, after) = Paging.Of(request, MostListed);
        var page = new JsonArray();
        var last = after;

        // Where every item is a result, one more than the page has says that there is another one.
        await foreach (var item in read(after, condition is null ? most + 1 : MostListed).WithCancellation(request.Aborted))
        {
            var id = (string)item[idName]!;
            if (!QueryEvaluation.Matches(condition, item))
                continue;
            if (page.Count == most)
            {
                Paging.Continue(request, last);
                break;
            }

            page.Add(item);
            last = id;
        }

        request.Http.Response.Headers["x-ms-item-type"] = type;
        await request.WriteAsync(page);
    }

    /// <summary>Of <c>SELECT * FROM enrollments WHERE …</c>, or of nothing, which clients write as <c>*</c>.</summary>
    private static async Task<QueryExpression?> ConditionAsync(ServiceRequest request, string source)
    {
        var text = (RegistryDocument.Text(await request.BodyAsync(), "query") ?? "").Trim();
        if (text is "" or "*")
            return null;
        var words = text.Split((char[]?)null, 5, StringSplitOptions.RemoveEmptyEntries);
        var isSelect = words is [_, "*", _, ..] && words[0].Equals("SELECT", StringComparison.OrdinalIgnoreCase) && words[2].Equals("FROM", StringComparison.OrdinalIgnoreCase);
        if (!isSelect || words.Length < 4 || !words[3].Equals(source, StringComparison.OrdinalIgnoreCase))
            throw EnrollmentRoutes.Invalid($"the query is not SELECT * FROM {source}, with WHERE and a condition or without");
        if (words.Length == 4)
            return null;
        if (!words[4].StartsWith("WHERE", StringComparison.OrdinalIgnoreCase))
            throw EnrollmentRoutes.Invalid($"'{words[4]}' stands where WHERE is expected");
        try
        {
            return TwinQuery.ParseCondition(words[4]["WHERE".Length..]);
        }
        catch (QueryException e)
        {
            throw EnrollmentRoutes.Invalid(e.Message);
        }
    }
}
