using System.Text;
using System.Text.RegularExpressions;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Manifests.Rendering;

/// <summary>
/// Replaces the variables in one text: <c>${name}</c>, or <c>${name:-default}</c> where an unset or empty variable
/// gives the default. <c>$${</c> is a literal <c>${</c>. What is put in is not looked at again.
/// </summary>
internal sealed partial class Template(VariableScope scope, Position where, ProblemCollector problems)
{
    /// <summary>A variable was left in the text because no device is at hand.</summary>
    public bool IsOpen { get; private set; }

    public string Render(string text)
    {
        var result = new StringBuilder(text.Length);
        var start = 0;
        for (var dollar = text.IndexOf('$'); dollar >= 0; dollar = text.IndexOf('$', start))
        {
            result.Append(text, start, dollar - start);
            start = Next(text, dollar, result);
        }
        return result.Append(text, start, text.Length - start).ToString();
    }

    /// <summary>Renders what begins with the dollar sign.</summary>
    /// <returns>Where the text goes on.</returns>
    private int Next(string text, int dollar, StringBuilder result)
    {
        var rest = text.AsSpan(dollar);
        if (rest.StartsWith("$${"))
        {
            result.Append("${");
            return dollar + 3;
        }
        if (!rest.StartsWith("${"))
        {
            result.Append('$');
            return dollar + 1;
        }
        var length = rest.IndexOf('}');
        if (length < 0)
        {
            problems.Add(where, $"`${{` is never closed: {Quote.Short(rest.ToString())}", "add `}`, or write `$${` for a literal `${`");
            return text.Length;
        }
        result.Append(Value(rest[2..length].ToString()));
        return dollar + length + 1;
    }

    private string Value(string expression)
    {
        var match = Form().Match(expression);
        if (!match.Success)
            return Refuse($"{Quote.Short($"${{{expression}}}")} is not a variable", "write `${vars.KEY}` or `${vars.KEY:-default}`, or `$${` for a literal `${`");
        var name = match.Groups["name"].Value;
        var absent = match.Groups["default"] is { Success: true, Value: var text } ? text : null;
        if (VariableScope.IsSecret(name))
            return Secret(name, absent);
        if (!scope.Exists(name))
            return Refuse($"the variable {Quote.Short(name)} is not known", $"{Suggestion(name, "there are `device.name`, `device.labels.KEY`, `vars.KEY` and `secrets.NAME.KEY`;")} for a literal `${{` write `$${{`");
        if (scope[name] is { Length: > 0 } value)
            return value;
        if (absent is not null)
            return absent;
        if (scope[name] is not null)
            return "";
        if (!scope.IsOpen)
            return Refuse($"this device has no {Quote.Short(name)}", $"{Suggestion(name, "set it in the agent's configuration, or")} give a default: `${{{name}:-…}}`");
        IsOpen = true;
        if (name != VariableScope.DeviceName)
            problems.AddOpenVariable(name);
        return $"${{{expression}}}";
    }

    private string Secret(string name, string? absent)
    {
        if (absent is not null)
            return Refuse($"{Quote.Short(name)} has a default, which would stand in clear", "remove the default; what a secret is must come from a Secret");
        if (scope.SecretOf(name) is { } reference)
        {
            if (scope.KnowsSecrets && !scope.HasSecret(name))
                problems.Warn(where, $"the Secret {reference.Secret} is not among these manifests", "add it, unless another source has it");
            return reference.ToString();
        }

        var parts = name.Split('.', 3);
        var fix = scope.ClosestSecret(name) is { } close ? $"did you mean `{close}`?" : "add it to the sources, with `edgeop secret encrypt`";
        return Refuse(
            scope.HasSecret(name) ? $"the Secret {parts[1]} has no key {Quote.Short(parts[2])}" : $"there is no Secret {parts[1]} for this device",
            fix);
    }

    private string Suggestion(string name, string otherwise) =>
        scope.Closest(name) is { } close ? $"did you mean `{close}`? Otherwise" : otherwise;

    private string Refuse(string what, string fix)
    {
        problems.Add(where, what, fix);
        return "";
    }

    // A default holds no variable of its own: its text would end at that one's brace.
    [GeneratedRegex(@"^(?<name>[A-Za-z0-9._/-]+?)(?::-(?<default>(?:(?!\$\{).)*))?\z", RegexOptions.Singleline)]
    private static partial Regex Form();
}
