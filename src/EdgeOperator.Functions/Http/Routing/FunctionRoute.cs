using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Http.Keys;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;

namespace EdgeOperator.Functions.Http.Routing;

/// <summary>The route of one HTTP function: an ASP.NET template with its constraints, and the methods it takes.</summary>
public sealed class FunctionRoute
{
    private static readonly string[] BuiltIn = ["admin", "runtime"];

    private readonly RouteTemplate _template;
    private readonly TemplateMatcher _matcher;
    private readonly ImmutableArray<(string Parameter, IRouteConstraint Constraint)> _constraints;
    private readonly ImmutableArray<string> _methods;

    private FunctionRoute(FunctionDefinition function, RouteTemplate template, ImmutableArray<string> methods)
    {
        Function = function;
        _template = template;
        Template = template.TemplateText ?? "";
        Precedence = RoutePrecedence.ComputeInbound(template);
        IsLiteral = template.Parameters.Count == 0;
        Asks = RequestKey.Asked(function.Trigger);
        _methods = methods;
        _matcher = new(template, Defaults(template));
        _constraints = [.. RouteConstraints.Of(template)];
    }

    public FunctionDefinition Function { get; }

    /// <summary>With the prefix, without a slash at its ends.</summary>
    public string Template { get; }

    /// <summary>The lower, the earlier it is tried.</summary>
    public decimal Precedence { get; }

    public bool IsLiteral { get; }

    /// <summary>What a request's key must open.</summary>
    public AuthLevel Asks { get; }

    /// <summary>In upper case; empty for all.</summary>
    public ImmutableArray<string> Methods => _methods;

    /// <exception cref="FormatException">The template or a constraint is wrong.</exception>
    public static FunctionRoute Of(string prefix, FunctionDefinition function)
    {
        var route = (function.Trigger.Text("route") ?? function.Name).Trim('/');
        var text = prefix.Length == 0 ? route : route.Length == 0 ? prefix : $"{prefix}/{route}";
        if (BuiltIn.Contains(text.Split('/')[0], StringComparer.OrdinalIgnoreCase))
            throw new FormatException($"\"{text}\" begins like the host's own addresses, /admin and /runtime: choose another one");

        try
        {
            return new(function, TemplateParser.Parse(text), HttpMethodsOf(function.Trigger));
        }
        catch (Exception wrong) when (wrong is ArgumentException or RouteCreationException or InvalidOperationException)
        {
            throw new FormatException($"\"{text}\" is no route: {wrong.GetBaseException().Message.ReplaceLineEndings(" ")}", wrong);
        }
    }

    public bool Takes(string method) => _methods.IsEmpty || _methods.Contains(method, StringComparer.OrdinalIgnoreCase);

    /// <param name="path">Decoded, as Kestrel gives it.</param>
    /// <returns>The parameters; null when the path is another one's.</returns>
    public RouteValueDictionary? Match(HttpContext context, string path)
    {
        var values = new RouteValueDictionary();
        // Its conversion from a string would decode it once more.
        if (!_matcher.TryMatch(new PathString(path), values))
            return null;

        foreach (var (parameter, constraint) in _constraints)
        {
            if (!constraint.Match(context, null, parameter, values, RouteDirection.IncomingRequest))
                return null;
        }

        return values;
    }

    /// <summary>Whether the path, not decoded, is written as the template is: in its case, with nothing encoded and no slash at its end.</summary>
    /// <param name="target">What is behind a <c>?</c> does not matter.</param>
    internal bool IsSpelledOut(string target)
    {
        if (target.Length == 0)
            return false;

        var query = target.IndexOf('?');
        var path = target.AsSpan(1, (query < 0 ? target.Length : query) - 1);
        if (IsLiteral)
            return path.SequenceEqual(Template);

        var segments = path.ToString().Split('/');
        return segments[^1].Length > 0 && _template.Segments.Zip(segments).All(pair => IsSpelledOut(pair.First, pair.Second));
    }

    internal bool IsSameAs(FunctionRoute other) =>
        Template.Equals(other.Template, StringComparison.OrdinalIgnoreCase)
        && (_methods.IsEmpty || other._methods.IsEmpty || _methods.Intersect(other._methods).Any());

    private static bool IsSpelledOut(TemplateSegment template, string segment) => template.IsSimple && template.Parts[0] is { IsLiteral: true, Text: { } text }
        ? segment == text
        : template.Parts.All(p => p.Text is null || segment.Contains(p.Text, StringComparison.Ordinal));

    private static RouteValueDictionary Defaults(RouteTemplate template) =>
        new(template.Parameters.Where(p => p.DefaultValue is not null).Select(p => KeyValuePair.Create(p.Name!, p.DefaultValue)));

    private static ImmutableArray<string> HttpMethodsOf(Binding trigger) =>
        trigger.Properties.FirstOrDefault(p => p.Key.Equals("methods", StringComparison.OrdinalIgnoreCase)).Value is JsonArray methods
            ? [.. methods.Select(m => m?.ToString().ToUpperInvariant()).OfType<string>()]
            : [];
}
