using System.Text.RegularExpressions;

namespace EdgeOperator.Agent.Kinds.EdgeModule.Images.Verification;

/// <summary>The parameters of a <c>WWW-Authenticate</c> challenge (RFC 9110, section 11.2): <c>realm="…",service="…"</c>.</summary>
internal static partial class AuthenticationParameters
{
    public static IReadOnlyDictionary<string, string> Parse(string text)
    {
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (Match match in Parameter().Matches(text))
            parameters[match.Groups[1].Value] = match.Groups[2].Success ? match.Groups[2].Value.Replace("\\\"", "\"", StringComparison.Ordinal) : match.Groups[3].Value;
        return parameters;
    }

    [GeneratedRegex("""([A-Za-z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))""")]
    private static partial Regex Parameter();
}
