using System.Text.RegularExpressions;

namespace EdgeOperator.Core.Secrets.Sops;

/// <summary>Which values of a file are encrypted: every one below a key that matches, or every one but those (getsops/sops, sops.go, shouldBeEncrypted).</summary>
internal sealed class SopsRule
{
    // Before the rules, which are made with it.
    private static readonly TimeSpan LongestMatch = TimeSpan.FromSeconds(1);

    /// <summary>SOPS's own rule for files that name none.</summary>
    public static SopsRule Default { get; } = new("unencrypted_suffix", "_unencrypted");

    /// <summary>The rule of Kubernetes' Secrets, and of ours.</summary>
    public static SopsRule OfData { get; } = new("encrypted_regex", "^(data|stringData)$");

    private readonly Func<string, bool> _matches;

    private SopsRule(string field, string text)
    {
        (Field, Text) = (field, text);
        if (field.EndsWith("suffix", StringComparison.Ordinal))
        {
            _matches = key => key.EndsWith(text, StringComparison.Ordinal);
        }
        else
        {
            var regex = new Regex(text, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, LongestMatch);
            _matches = regex.IsMatch;
        }
    }

    /// <summary>The name of the rule's field in the <c>sops</c> block.</summary>
    public string Field { get; }

    public string Text { get; }

    /// <summary>The fields whose rules are followed.</summary>
    public static IReadOnlyList<string> Fields { get; } = ["encrypted_regex", "unencrypted_regex", "encrypted_suffix", "unencrypted_suffix"];

    /// <returns>Null when the text is no regular expression that both Go and .NET understand.</returns>
    public static SopsRule? Create(string field, string text)
    {
        try
        {
            return new(field, text);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    public bool Encrypts(IReadOnlyList<string> path) => path.Any(_matches) != Field.StartsWith("un", StringComparison.Ordinal);
}
