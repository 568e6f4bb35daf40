using System.Globalization;
using System.Text;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Eflow;

/// <summary>PowerShell source text.</summary>
internal static class PowerShellText
{
    /// <summary>
    /// A literal in single quotes, in which nothing is expanded. PowerShell takes typographic quotes for single quotes too, so
    /// they are doubled as well (System.Management.Automation.Language.CodeGeneration.EscapeSingleQuotedStringContent).
    /// </summary>
    /// <exception cref="ArgumentException">The text has a NUL.</exception>
    public static string Quote(string text)
    {
        if (text.Contains('\0'))
            throw new ArgumentException("PowerShell's text can't contain a NUL character.", nameof(text));
        var quoted = new StringBuilder("'");
        foreach (var c in text)
            quoted.Append(c, c is '\'' or '\u2018' or '\u2019' or '\u201a' or '\u201b' ? 2 : 1);
        return quoted.Append('\'').ToString();
    }

    /// <summary>An array of literals, even of one or none.</summary>
    public static string List(IEnumerable<string> texts) => $"@({string.Join(", ", texts.Select(Quote))})";

    /// <summary>A cmdlet with its parameters.</summary>
    /// <param name="parameters">Text, a number or an array of text; true is a switch without a value; false and null leave the parameter out.</param>
    public static string Call(string cmdlet, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var call = new StringBuilder(cmdlet);
        foreach (var (name, value) in parameters)
        {
            if (value is null or false)
                continue;
            call.Append(" -").Append(name).Append(value switch
            {
                true => "",
                string text => " " + Quote(text),
                IEnumerable<string> texts => " " + List(texts),
                IFormattable number => " " + number.ToString(null, CultureInfo.InvariantCulture),
                _ => throw new ArgumentException($"{value.GetType().Name} is no parameter.", nameof(parameters)),
            });
        }

        return call.ToString();
    }
}
