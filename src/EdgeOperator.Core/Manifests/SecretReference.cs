using System.Text;
using System.Text.RegularExpressions;

namespace EdgeOperator.Core.Manifests;

/// <summary>
/// A secret's value as it stands in rendered manifests: <c>${secrets.NAME.KEY#DIGEST}</c>. The digest is keyed by the device, so that it
/// tells nothing of the value and changes with it. The value itself takes the reference's place only where it is used.
/// </summary>
/// <param name="Secret">The name of the Secret.</param>
/// <param name="Digest">32 hexadecimal digits, or <see cref="Unknown"/>.</param>
public sealed partial record SecretReference(string Secret, string Key, string Digest)
{
    /// <summary>The digest where the value is not known: no device is at hand, or it can't open the Secret.</summary>
    public const string Unknown = "?";

    /// <summary>Where the names of the variables begin.</summary>
    public const string Prefix = "secrets.";

    /// <summary>As people write it.</summary>
    public string Variable => $"${{{Prefix}{Secret}.{Key}}}";

    public override string ToString() => $"${{{Prefix}{Secret}.{Key}#{Digest}}}";

    public static bool IsIn(string text) => text.Contains("${" + Prefix, StringComparison.Ordinal) && Form().IsMatch(text);

    public static IEnumerable<SecretReference> In(string text) => Form().Matches(text).Select(Of);

    /// <summary>The text as it may be shown: references as people write them.</summary>
    public static string Show(string text) => IsIn(text) ? Form().Replace(text, match => Of(match).Variable) : text;

    /// <summary>The text with something else in the place of each reference.</summary>
    public static string Replace(string text, Func<SecretReference, string> value) => IsIn(text) ? Form().Replace(text, match => value(Of(match))) : text;

    /// <summary>The same for bytes, where a reference may stand for bytes that are no text.</summary>
    public static byte[] Replace(ReadOnlySpan<byte> bytes, Func<SecretReference, ReadOnlyMemory<byte>> value)
    {
        // Latin-1 keeps every byte as a character of its own.
        var text = Encoding.Latin1.GetString(bytes);
        return Encoding.Latin1.GetBytes(Form().Replace(text, match => Encoding.Latin1.GetString(value(Of(match)).Span)));
    }

    private static SecretReference Of(Match match) => new(match.Groups["secret"].Value, match.Groups["key"].Value, match.Groups["digest"].Value);

    [GeneratedRegex(@"\$\{secrets\.(?<secret>[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)\.(?<key>[A-Za-z0-9._-]+)#(?<digest>[0-9a-f]{32}|\?)\}", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
