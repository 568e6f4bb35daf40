using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EdgeOperator.Functions.Http.Routing;

/// <summary>
/// <c>{name:regex(…)}</c> in time linear in the path's length: ASP.NET's own backtracks, and one request could occupy a
/// processor for seconds.
/// </summary>
/// <exception cref="ArgumentException">The expression is wrong, or can't be matched in linear time.</exception>
internal sealed class LinearRegexConstraint(string expression) : IRouteConstraint
{
    /// <summary>Linear in the path, yet (a{1000}){1000} multiplies the work for each of its characters.</summary>
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);

    private readonly Regex _regex = Build(expression);

    public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection)
    {
        try
        {
            return values.TryGetValue(routeKey, out var value) && value is not null && _regex.IsMatch(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    private static Regex Build(string expression)
    {
        try
        {
            return new(expression, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, MatchTimeout);
        }
        catch (NotSupportedException)
        {
            throw new ArgumentException(
                $"regex({expression}) has a look-around, a back-reference, an atomic group or a condition, which can't be matched in linear time: write it without");
        }
    }
}
