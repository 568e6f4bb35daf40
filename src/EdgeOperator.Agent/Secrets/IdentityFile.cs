using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using EdgeOperator.Core.Secrets.Age;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Secrets;

/// <summary>
/// The device's identities, in the format of <c>age-keygen</c>: the one that others encrypt for comes first, and those before it stay
/// for a while. A credential of systemd's comes before the file.
/// </summary>
/// <param name="stateDirectory">Holds the file <c>identity</c>, mode 0600.</param>
/// <param name="credentials">Where systemd puts credentials; null for where it says.</param>
public sealed class IdentityFile(string stateDirectory, TimeProvider time, string? credentials = null)
{
    /// <summary>The credential that systemd's <c>LoadCredentialEncrypted</c> may bring, sealed by the machine's TPM or its host key.</summary>
    public const string Credential = "edgeop-identity";

    private const string UntilMark = "# usable until: ";
    private const string RecipientMark = "# public key: ";
    private const int Largest = 64 * 1024;

    public string Path { get; } = System.IO.Path.Combine(stateDirectory, "identity");

    /// <summary>Makes the first identity; does nothing where there is one.</summary>
    /// <exception cref="IOException">The file can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public void EnsureExists()
    {
        if (CredentialPath() is null && !File.Exists(Path))
            Write([new(AgeIdentity.Generate(), null)]);
    }

    /// <summary>The identities that may be used now, the current one first; none when there is no file, or it can't be read.</summary>
    /// <param name="problem">Why it can't be read; null when it can, or is not there.</param>
    public ImmutableArray<AgeIdentity> Load(out string? problem)
    {
        try
        {
            problem = null;
            var sealedKeys = CredentialPath() is { } credential ? Parse(ReferencedFile.ReadText(credential, Largest)) : [];
            var kept = File.Exists(Path) ? Parse(StateFile.ReadText(Path)) : [];
            return [.. sealedKeys.Concat(kept).Where(entry => entry.Until is not { } until || until > time.GetUtcNow()).Select(entry => entry.Identity)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            problem = $"the device's identity can't be read: {e.Message}";
            return [];
        }
    }

    /// <summary>Makes another identity the current one. Those before it open what is encrypted for them until the grace is over.</summary>
    /// <returns>The new identity's recipient.</returns>
    /// <exception cref="IOException">The file can't be written, or systemd brings the identity.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read or written.</exception>
    public AgeRecipient Rotate(TimeSpan grace)
    {
        if (CredentialPath() is { } credential)
            throw new IOException($"the identity comes from systemd ({credential}): make a new one there, and put the old one into {Path} for the grace");
        var now = time.GetUtcNow();
        var before = File.Exists(Path) ? Parse(StateFile.ReadText(Path)) : [];
        var next = AgeIdentity.Generate();
        var old = before.Where(entry => entry.Until is not { } until || until > now).Select(entry => entry with { Until = entry.Until ?? now + grace });
        Write([new(next, null), .. old]);
        return next.Recipient;
    }

    private string? CredentialPath() =>
        (credentials ?? Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY")) is { Length: > 0 } folder && System.IO.Path.Combine(folder, Credential) is var path && File.Exists(path) ? path : null;

    private void Write(ImmutableArray<Entry> entries)
    {
        var text = new StringBuilder();
        foreach (var (identity, until) in entries)
        {
            text.Append(RecipientMark).Append(identity.Recipient).Append('\n');
            if (until is { } end)
                text.Append(UntilMark).Append(end.ToString("O", CultureInfo.InvariantCulture)).Append('\n');
            text.Append(identity.Reveal()).Append('\n');
        }

        StateFile.ClearForFile(Path);
        AtomicFile.Write(Path, Encoding.ASCII.GetBytes(text.ToString()));
    }

    private static ImmutableArray<Entry> Parse(string text)
    {
        var entries = ImmutableArray.CreateBuilder<Entry>();
        DateTimeOffset? until = null;
        foreach (var line in text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0))
        {
            if (line.StartsWith(UntilMark, StringComparison.Ordinal))
                until = DateTimeOffset.Parse(line[UntilMark.Length..], CultureInfo.InvariantCulture);
            if (line.StartsWith('#'))
                continue;
            entries.Add(new(AgeIdentity.Parse(line) ?? throw new FormatException("a line is neither an age identity nor a comment"), until));
            until = null;
        }

        return entries.ToImmutable();
    }

    /// <param name="Until">When it may no longer be used; null for the current one.</param>
    private sealed record Entry(AgeIdentity Identity, DateTimeOffset? Until);
}
