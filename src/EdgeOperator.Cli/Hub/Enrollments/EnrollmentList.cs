using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Hub.Enrollments;

/// <summary>Requests to join, as a hub has them.</summary>
internal static class EnrollmentList
{
    private const int PageSize = 500;

    /// <param name="state">Null for all.</param>
    public static async Task<List<JsonObject>> ReadAsync(HubClient hub, string? state, CancellationToken cancellation)
    {
        var requests = new List<JsonObject>();
        JsonArray page;
        do
        {
            var after = requests.Count == 0 ? null : (string?)requests[^1]["id"];
            page = (await hub.GetAsync($"enrollments{HubClient.Query(("state", state), ("limit", $"{PageSize}"), ("after", after))}", cancellation))!.AsArray();
            requests.AddRange(page.Select(request => request!.DeepClone().AsObject()));
        }
        while (page.Count == PageSize);
        return requests;
    }
}
