using System.Collections.Frozen;
using System.Collections.Immutable;
using EdgeOperator.Functions.App;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EdgeOperator.Functions.Http.Routing;

/// <summary>Finds the function that a request is for, as ASP.NET's routing would: the more literal template first.</summary>
public sealed class RouteTable
{
    private static readonly RouteValueDictionary None = [];

    // Templates without parameters can't be beaten by others, so the common case is one look-up.
    private readonly FrozenDictionary<string, ImmutableArray<FunctionRoute>> _literal;
    private readonly ImmutableArray<FunctionRoute> _others;

    private RouteTable(ImmutableArray<FunctionRoute> routes)
    {
        Routes = routes;
        _literal = routes.Where(r => r.IsLiteral)
            .GroupBy(r => "/" + r.Template, StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(g => g.Key, g => g.ToImmutableArray(), StringComparer.OrdinalIgnoreCase);
        _others = [.. routes.Where(r => !r.IsLiteral)];
    }

    /// <summary>In the order in which they are tried.</summary>
    public ImmutableArray<FunctionRoute> Routes { get; }

    /// <summary>HTTP functions only; one whose route is wrong or taken is reported and left out.</summary>
    public static (RouteTable Table, ImmutableArray<FunctionProblem> Problems) Of(string prefix, IEnumerable<FunctionDefinition> functions)
    {
        var problems = ImmutableArray.CreateBuilder<FunctionProblem>();
        var routes = new List<FunctionRoute>();
        foreach (var function in functions.Where(f => f.IsHttp))
        {
            try
            {
                var route = FunctionRoute.Of(prefix, function);
                if (routes.FirstOrDefault(route.IsSameAs) is { } other)
                    throw new FormatException($"the function {other.Function.Name} has the same route for the same method: change one of them");

                routes.Add(route);
            }
            catch (FormatException wrong)
            {
                problems.Add(new(function.Name, $"the route of {function.Name} ({Path.Combine(function.Folder, "function.json")}): {wrong.Message}"));
            }
        }

        return (new([.. routes.OrderBy(r => r.Precedence).ThenBy(r => r.Template, StringComparer.OrdinalIgnoreCase)]), problems.ToImmutable());
    }

    /// <summary>Null when no function has this path and this method; the cloud's answer to both is 404.</summary>
    public RouteMatch? Match(HttpContext context) => Match(context, context.Request.Path.Value ?? "/");

    /// <summary>As if the request had this path.</summary>
    internal RouteMatch? Match(HttpContext context, string path)
    {
        path = Trimmed(path);
        if (_literal.TryGetValue(path, out var candidates))
        {
            foreach (var route in candidates)
            {
                if (route.Takes(context.Request.Method))
                    return new(route, None);
            }
        }

        foreach (var route in _others)
        {
            if (route.Takes(context.Request.Method) && route.Match(context, path) is { } values)
                return new(route, values);
        }

        return null;
    }

    /// <summary>All that the request's method and a path fit, as if each of them were the only one.</summary>
    internal IEnumerable<FunctionRoute> Matches(HttpContext context, string path) =>
        Routes.Where(r => r.Takes(context.Request.Method) && r.Match(context, Trimmed(path)) is not null);

    private static string Trimmed(string path) => path.Length > 1 && path[^1] == '/' ? path[..^1] : path;
}

/// <param name="Values">The route's parameters; optional ones that are missing are not there.</param>
public readonly record struct RouteMatch(FunctionRoute Route, RouteValueDictionary Values);
