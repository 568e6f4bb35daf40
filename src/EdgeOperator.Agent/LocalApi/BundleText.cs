using System.Text;
using System.Text.RegularExpressions;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.LocalApi;

/// <summary>Takes secrets out of what leaves the device: values that the device knows as such, and whatever looks like one.</summary>
internal sealed partial class BundleText
{
    /// <summary>Shorter words are everybody's.</summary>
    private const int ShortestWord = 4;

    private const int LargestSecretFile = 64 * 1024;

    private readonly string[] _words;

    /// <param name="known">Values of secrets.</param>
    public BundleText(IEnumerable<string> known) =>
        _words = [.. known.SelectMany(value => value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Where(word => word.Length >= ShortestWord).Distinct().OrderByDescending(word => word.Length)];

    /// <summary>What stands in the files of keys and tokens that a configuration names.</summary>
    public static IEnumerable<string> In(AgentConfiguration configuration)
    {
        foreach (var file in configuration.Sources.SelectMany(source => source switch
        {
            GitSourceConfiguration git => (string?[])[git.TokenFile],
            TwinSourceConfiguration twin => [twin.KeyFile, twin.Provisioning?.SymmetricKeyFile],
            _ => [],
        }).OfType<string>())
        {
            string text;
            try
            {
                text = ReferencedFile.ReadText(file, LargestSecretFile);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue;
            }

            yield return text;
        }
    }

    public string Of(string text)
    {
        text = PrivateKey().Replace(text, $"[private key {Redaction.Hidden}]");
        text = _words.Aggregate(text, (shown, word) => shown.Replace(word, Redaction.Hidden, StringComparison.Ordinal));
        var safe = new StringBuilder(text.Length);
        foreach (var line in text.Split('\n'))
        {
            if (safe.Length > 0)
                safe.Append('\n');
            safe.Append(Token().Replace(Redaction.Text("", line), match => match.Groups["before"].Value + Redaction.Hidden));
        }

        return safe.ToString();
    }

    [GeneratedRegex(@"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|\z)", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex PrivateKey();

    /// <summary>Credentials that have a form of their own: Authorization headers, JSON Web Tokens, identities of age, tokens of GitHub and GitLab.</summary>
    [GeneratedRegex(@"(?<before>\b(Bearer|Basic)\s+)[A-Za-z0-9._~+/=-]{8,}|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*|AGE-SECRET-KEY-1[0-9A-Z]+|\b(gh[pousr]_|github_pat_|glpat-)[A-Za-z0-9_-]{10,}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase)]
    private static partial Regex Token();
}
