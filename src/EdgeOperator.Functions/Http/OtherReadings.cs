using EdgeOperator.Functions.Http.Routing;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Http;

/// <summary>
/// The functions that a request might run besides the one that the host found, where a worker finds them by the path itself, as custom handlers
/// do. Programs differ in what they decode, fold and ignore in a path; the request's key has to be good for all that they could make of it.
/// </summary>
internal static class OtherReadings
{
    private static readonly string[] MethodHeaders = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Original-Method"];

    public static IEnumerable<FunctionRoute> Of(RouteTable table, HttpContext context, FunctionRoute found)
    {
        if (table.Routes.Length == 1)
        {
            return [];
        }

        var path = context.Request.Path.Value ?? "/";
        var lenient = LenientPath.Of(path);
        if (lenient is { Climbs: true })
        {
            return table.Routes.Where(r => r != found);
        }

        if (HasMethodOverride(context.Request))
        {
            return table.Routes.Where(r => r != found && (r.Match(context, path) ?? r.Match(context, lenient?.Path ?? path)) is not null);
        }

        var fallbacks = found.IsSpelledOut(RequestTarget.Of(context.Request)) ? [] : table.Matches(context, path);
        var other = lenient is { } read ? table.Match(context, read.Path)?.Route : null;
        return other is null || other == found ? fallbacks.Where(r => r != found) : fallbacks.Where(r => r != found).Append(other);
    }

    /// <summary>Whether the request names another method than its own, which many frameworks obey.</summary>
    private static bool HasMethodOverride(HttpRequest request) =>
        MethodHeaders.Any(request.Headers.ContainsKey) || request.Query.Keys.Any(IsMethodParameter)
        || request.Headers.Keys.Any(name => name.Contains('_') && MethodHeaders.Contains(ReservedHeaders.Dashed(name), StringComparer.OrdinalIgnoreCase));

    // PHP reads ".method", " _method" and "_method[]" as _method, too.
    private static bool IsMethodParameter(string name) =>
        string.Concat(name.TrimStart().Select(c => c is '.' or ' ' or '[' ? '_' : c)).TrimEnd('_', ']').Equals("_method", StringComparison.OrdinalIgnoreCase);
}
