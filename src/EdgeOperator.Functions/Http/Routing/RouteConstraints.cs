using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Constraints;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace EdgeOperator.Functions.Http.Routing;

/// <summary>The constraints that a template names inline, such as <c>{id:int}</c>: ASP.NET's own.</summary>
internal static class RouteConstraints
{
    private static readonly DefaultInlineConstraintResolver Resolver = Create();

    /// <exception cref="InvalidOperationException">No such constraint.</exception>
    public static IEnumerable<(string Parameter, IRouteConstraint Constraint)> Of(RouteTemplate template) =>
        from parameter in template.Parameters
        from inline in parameter.InlineConstraints
        let constraint = Resolver.ResolveConstraint(inline.Constraint)
            ?? throw new InvalidOperationException($"there is no constraint \"{inline.Constraint}\"")
        select (parameter.Name!, parameter.IsOptional ? new OptionalRouteConstraint(constraint) : constraint);

    private static DefaultInlineConstraintResolver Create()
    {
        var options = new RouteOptions();
        options.SetParameterPolicy<LinearRegexConstraint>("regex");
        return new(Options.Create(options), new ServiceCollection().BuildServiceProvider());
    }
}
