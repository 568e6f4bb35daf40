using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using EdgeOperator.Core.Secrets.Age;

namespace EdgeOperator.Agent.Secrets;

/// <summary>Identities as they are kept: the text of <c>age-keygen</c>, with what else is to be known of them in comments.</summary>
/// <param name="DigestKey">What digests of secrets are keyed with; null where that lies in a file of its own.</param>
internal sealed record IdentityText(ImmutableArray<KeptIdentity> Identities, byte[]? DigestKey)
{
    private const string UntilMark = "# usable until: ";
    private const string RecipientMark = "# public key: ";
    private const string DigestMark = "# digests: ";

    public static IdentityText Empty { get; } = new([], null);

    /// <exception cref="FormatException">A line is none of such a text.</exception>
    public static IdentityText Parse(string text)
    {
        var entries = ImmutableArray.CreateBuilder<KeptIdentity>();
        var digests = default(byte[]);
        DateTimeOffset? until = null;
        foreach (var line in text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0))
        {
            if (line.StartsWith(UntilMark, StringComparison.Ordinal))
                until = DateTimeOffset.Parse(line[UntilMark.Length..], CultureInfo.InvariantCulture);
            if (line.StartsWith(DigestMark, StringComparison.Ordinal))
                digests = Convert.FromBase64String(line[DigestMark.Length..]);
            if (line.StartsWith('#'))
                continue;
            entries.Add(new(AgeIdentity.Parse(line) ?? throw new FormatException("a line is neither an age identity nor a comment"), until));
            until = null;
        }

        return new(entries.ToImmutable(), digests);
    }

    /// <summary>The text, which holds the secret keys.</summary>
    public string Reveal()
    {
        var text = new StringBuilder();
        if (DigestKey is not null)
            text.Append(DigestMark).Append(Convert.ToBase64String(DigestKey)).Append('\n');
        foreach (var (identity, until) in Identities)
        {
            text.Append(RecipientMark).Append(identity.Recipient).Append('\n');
            if (until is { } end)
                text.Append(UntilMark).Append(end.ToString("O", CultureInfo.InvariantCulture)).Append('\n');
            text.Append(identity.Reveal()).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Those of another text as well, which this one does not have.</summary>
    public IdentityText With(IdentityText other) => new(
        [.. Identities, .. other.Identities.Where(entry => !Identities.Any(own => own.Identity.Recipient.Equals(entry.Identity.Recipient)))], DigestKey ?? other.DigestKey);

    public override string ToString() => string.Join(' ', Identities.Select(entry => entry.Identity.Recipient));
}

/// <param name="Until">When it may no longer be used; null for the current one.</param>
internal sealed record KeptIdentity(AgeIdentity Identity, DateTimeOffset? Until);
