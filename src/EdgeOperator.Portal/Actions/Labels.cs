using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace EdgeOperator.Portal.Actions;

/// <summary>Labels as they are typed, and as <c>edgeop hub devices label</c> takes them: <c>site=berlin role-</c>.</summary>
public static partial class Labels
{
    /// <returns>A label with null is to be removed.</returns>
    /// <exception cref="ActionInputException">A word is neither.</exception>
    public static JsonObject Patch(string text)
    {
        var patch = new JsonObject();
        foreach (var word in text.Split((char[])[' ', ',', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (Form().Match(word) is not { Success: true } match)
                throw new ActionInputException($"'{word}' is no label: write key=value, or key- to remove one");
            patch[match.Groups["key"].Value] = match.Groups["none"].Success ? null : match.Groups["value"].Value;
        }

        return patch.Count > 0 ? patch : throw new ActionInputException("write a label, such as site=berlin");
    }

    [GeneratedRegex(@"\A(?<key>[\w-]*\w)(?:=(?<value>\S*)|(?<none>-))\z")]
    private static partial Regex Form();
}
