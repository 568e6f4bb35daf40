using System.Text.RegularExpressions;
using EdgeOperator.Core.Twins.Query;

namespace EdgeOperator.Cli.Hub.Devices;

/// <summary>A selector of labels as a condition of IoT Hub's query language, which a hub understands.</summary>
internal static partial class DeviceFilter
{
    /// <param name="selector"><c>site=berlin,role!=till,beta</c>; null for all.</param>
    /// <param name="condition">A condition of the query language, which has to hold too; null for none.</param>
    /// <returns>Null for every device.</returns>
    /// <exception cref="UserError">It is no selector.</exception>
    public static string? Of(string? selector, string? condition)
    {
        Check(condition);
        string[] terms = [.. selector?.Split(',').Select(term => Term(term.Trim())) ?? [], .. condition is null ? Array.Empty<string>() : [$"({condition})"]];
        return terms.Length == 0 ? null : string.Join(" AND ", terms);
    }

    // By itself, before it stands between brackets that it could close.
    private static void Check(string? condition)
    {
        try
        {
            if (condition is not null)
                TwinQuery.ParseCondition(condition);
        }
        catch (QueryException e)
        {
            throw UserError.Invalid($"--where is no condition: {e.Message}");
        }
    }

    private static string Term(string text)
    {
        if (Form().Match(text) is not { Success: true } match)
            throw UserError.Invalid($"--selector can't have \"{text}\": write key=value, key!=value, key or !key");
        var path = $"tags.labels.{match.Groups["key"].Value}";
        var value = match.Groups["value"].Value;
        return (match.Groups["none"].Success, match.Groups["operator"].Value) switch
        {
            (true, _) => $"NOT is_defined({path})",
            (_, "") => $"is_defined({path})",
            (_, "!=") => $"(NOT is_defined({path}) OR {path} != '{value}')",
            _ => $"{path} = '{value}'",
        };
    }

    [GeneratedRegex(@"\A(?:(?<none>!)\s*(?<key>[\w-]+)|(?<key>[\w-]+)(?:\s*(?<operator>==|=|!=)\s*(?<value>[\w.-]*))?)\z")]
    private static partial Regex Form();
}
