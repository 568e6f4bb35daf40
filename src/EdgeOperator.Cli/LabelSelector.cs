using System.Text.RegularExpressions;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli;

/// <summary>A selector of resources by their labels, as Kubernetes writes it: <c>app=web,tier!=test,release,!beta,site in (berlin,paris)</c>.</summary>
internal sealed partial class LabelSelector
{
    private readonly IReadOnlyList<Func<ResourceStatus, bool>> _terms;

    private LabelSelector(IReadOnlyList<Func<ResourceStatus, bool>> terms) => _terms = terms;

    /// <param name="text">Null selects everything.</param>
    /// <exception cref="UserError">It is no selector.</exception>
    public static LabelSelector Parse(string? text) => new(text is null ? [] : [.. Comma().Split(text).Select(term => Term(term.Trim()))]);

    public bool Matches(ResourceStatus resource) => _terms.All(term => term(resource));

    private static Func<ResourceStatus, bool> Term(string text)
    {
        if (Form().Match(text) is not { Success: true } match)
            throw UserError.Invalid($"--selector can't have \"{text}\": write key=value, key!=value, key, !key, or key in (a,b)");
        var key = match.Groups["key"].Value;
        if (match.Groups["none"].Success)
            return resource => Value(resource, key) is null;
        var values = match.Groups["value"].Captures.Select(value => value.Value).ToHashSet(StringComparer.Ordinal);
        return match.Groups["operator"].Value switch
        {
            "" => resource => Value(resource, key) is not null,
            "!=" or "notin" => resource => Value(resource, key) is not { } value || !values.Contains(value),
            _ => resource => Value(resource, key) is { } value && values.Contains(value),
        };
    }

    private static string? Value(ResourceStatus resource, string key) => resource.Labels?.GetValueOrDefault(key);

    [GeneratedRegex(@",(?![^(]*\))")]
    private static partial Regex Comma();

    [GeneratedRegex(@"\A(?:(?<none>!)\s*(?<key>[\w./-]+)|(?<key>[\w./-]+)(?:\s*(?<operator>==|=|!=)\s*(?<value>[\w.-]*)|\s+(?<operator>in|notin)\s*\(\s*(?<value>[\w.-]*)(?:\s*,\s*(?<value>[\w.-]*))*\s*\))?)\z")]
    private static partial Regex Form();
}
