using System.Text.Json.Nodes;
using EdgeOperator.Functions.Invoking;

namespace EdgeOperator.Functions.Http;

/// <summary>
/// What functions and binding expressions such as <c>{id}</c> know of a request, as in the cloud: properties of a JSON
/// body of up to 1 MiB, query values over those, route parameters over both; and <c>Query</c> and <c>Headers</c> as a whole.
/// </summary>
internal static class HttpBindingData
{
    public static JsonObject Of(HttpInput input)
    {
        var data = new JsonObject(new JsonNodeOptions { PropertyNameCaseInsensitive = true });
        foreach (var (name, value) in input.Body is { } body ? PayloadProperties.Of(body.Span) : [])
        {
            data[name] = value;
        }

        var query = Joined(input.Query);
        foreach (var (name, value) in query.Where(q => !IsKey(q.Key)))
        {
            data[name] = value?.DeepClone();
        }

        (data["Query"], data["Headers"]) = (query, Joined(input.Headers));
        foreach (var (name, value) in input.Parameters)
        {
            data[name] = value;
        }

        return data;
    }

    /// <summary>The query's <c>code</c> is a key of the host's, and nothing that a function binds to.</summary>
    public static bool IsKey(string query) => query.Equals("code", StringComparison.OrdinalIgnoreCase);

    private static JsonObject Joined(IEnumerable<KeyValuePair<string, string>> values)
    {
        var all = new JsonObject();
        foreach (var (name, value) in values)
        {
            all[name] = all[name] is { } before ? $"{before},{value}" : value;
        }

        return all;
    }
}
