using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins;

namespace EdgeOperator.Cli.Hub.Devices;

/// <summary>Labels as words of a command line: <c>site=berlin</c> sets one, <c>site-</c> removes it.</summary>
internal static class LabelWords
{
    /// <exception cref="UserError">One is neither.</exception>
    public static JsonObject Read(IEnumerable<string> words, bool mayRemove)
    {
        var labels = new JsonObject();
        foreach (var word in words)
        {
            if (word.Split('=', 2) is [{ Length: > 0 } key, var value])
                labels[key] = value;
            else if (mayRemove && word is [.., '-'] && word.Length > 1 && !word.Contains('='))
                labels[word[..^1]] = null;
            else
                throw UserError.Invalid($"\"{word}\" is no label: write KEY=VALUE{(mayRemove ? ", or KEY- to remove one" : "")}");
        }

        return TwinDevice.ProblemOf(labels) is { } problem ? throw UserError.Invalid(problem) : labels;
    }
}
