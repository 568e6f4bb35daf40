using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Secrets.Age;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Secrets;

/// <summary>
/// The device's identities: the one that others encrypt for comes first, and those before it stay for a while. They lie in the file
/// <c>identity</c>, or in <c>identity.sealed</c>, which only this machine opens. A credential of systemd's comes before both.
/// </summary>
public sealed class IdentityFile
{
    /// <summary>The credential that systemd's <c>LoadCredentialEncrypted</c> may bring, and the name that is sealed with what this class seals.</summary>
    public const string Credential = "edgeop-identity";

    private const int Largest = 64 * 1024;

    /// <summary>A TPM that refuses is not asked again in each pass.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time;
    private readonly string? _credentials;
    private readonly IdentitySeal _seal;
    private readonly Lock _lock = new();
    private Opened? _opened;
    private (string Problem, long At)? _unsealed;

    /// <param name="stateDirectory">Holds the files, mode 0600.</param>
    /// <param name="configuration">Whether identities are sealed; null for not.</param>
    /// <param name="credentials">Where systemd puts credentials; null for where it says.</param>
    public IdentityFile(string stateDirectory, TimeProvider time, SecretsConfiguration? configuration = null, string? credentials = null)
    {
        (_time, _credentials, _seal) = (time, credentials, new(configuration ?? new(), time));
        (Path, SealedPath, DigestKeyPath) = (System.IO.Path.Combine(stateDirectory, "identity"), System.IO.Path.Combine(stateDirectory, "identity.sealed"), System.IO.Path.Combine(stateDirectory, "secret-digests.key"));
    }

    public string Path { get; }

    public string SealedPath { get; }

    /// <summary>Where the key of digests lies while nothing is sealed.</summary>
    public string DigestKeyPath { get; }

    /// <summary>Makes the first identity where there is none, and seals one that is to be sealed and is not yet.</summary>
    /// <returns>Why it is not sealed, though it should be: then one that lies there in clear goes on being used, and none is made. Null when all is well.</returns>
    /// <exception cref="IOException">The file can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public string? EnsureExists()
    {
        if (CredentialPath() is not null)
            return null;
        if (!_seal.IsWanted)
        {
            if (!File.Exists(Path) && !File.Exists(SealedPath))
                Write(New(IdentityText.Empty));
            return null;
        }

        try
        {
            if (!File.Exists(SealedPath) || File.Exists(Path) || File.Exists(DigestKeyPath))
                Write(Kept() is { Identities.IsEmpty: false } kept ? kept : New(IdentityText.Empty));
            _unsealed = null;
            return null;
        }
        catch (Exception e) when (e is IOException or FormatException)
        {
            _unsealed = ($"the device's identity is not sealed: {e.Message}", _time.GetTimestamp());
            return _unsealed.Value.Problem;
        }
    }

    /// <summary>The identities that may be used now, the current one first; none when there is no file, or it can't be read.</summary>
    /// <param name="problem">Why it can't be read; null when it can, or is not there.</param>
    public ImmutableArray<AgeIdentity> Load(out string? problem)
    {
        try
        {
            if (_unsealed is { } before && _time.GetElapsedTime(before.At) >= RetryAfter)
                EnsureExists();
            problem = _unsealed?.Problem;
            var brought = CredentialPath() is { } credential ? IdentityText.Parse(ReferencedFile.ReadText(credential, Largest)) : IdentityText.Empty;
            return [.. brought.With(Kept()).Identities.Where(entry => entry.Until is not { } until || until > _time.GetUtcNow()).Select(entry => entry.Identity)];
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
    /// <exception cref="FormatException">What is kept is damaged.</exception>
    public AgeRecipient Rotate(TimeSpan grace)
    {
        if (CredentialPath() is { } credential)
            throw new IOException($"the identity comes from systemd ({credential}): make a new one there, and put the old one into {Path} for the grace");
        var now = _time.GetUtcNow();
        var before = Kept();
        var old = before.Identities.Where(entry => entry.Until is not { } until || until > now).Select(entry => entry with { Until = entry.Until ?? now + grace });
        var next = New(before with { Identities = [.. old] });
        Write(next);
        return next.Identities[0].Identity.Recipient;
    }

    /// <summary>What digests of secrets are keyed with; null where there is none yet.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="FormatException">What is kept is damaged.</exception>
    public byte[]? DigestKey() => (File.Exists(SealedPath) ? OpenSealed().DigestKey : null) ?? ReadDigestKey();

    private string? CredentialPath() =>
        (_credentials ?? Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY")) is { Length: > 0 } folder && System.IO.Path.Combine(folder, Credential) is var path && File.Exists(path) ? path : null;

    private static IdentityText New(IdentityText before) => before with { Identities = before.Identities.Insert(0, new(AgeIdentity.Generate(), null)) };

    /// <summary>After a crash while it was sealed, both files are there.</summary>
    private IdentityText Kept() =>
        (File.Exists(SealedPath) ? OpenSealed() : IdentityText.Empty).With(File.Exists(Path) ? IdentityText.Parse(StateFile.ReadText(Path)) : IdentityText.Empty);

    private byte[]? ReadDigestKey() => File.Exists(DigestKeyPath) && StateFile.ReadBytes(DigestKeyPath) is { Length: SecretVault.KeyLength } kept ? kept : null;

    private IdentityText OpenSealed()
    {
        lock (_lock)
        {
            var signature = FileStatus.Of(SealedPath)?.Signature;
            if (_opened is not { } known || known.Signature != signature || (known.Problem is not null && _time.GetElapsedTime(known.At) >= RetryAfter))
                _opened = known = Open(signature);
            return known.Text ?? throw new IOException(known.Problem);
        }
    }

    private Opened Open(FileSignature? signature)
    {
        try
        {
            return new(signature, IdentityText.Parse(_seal.Open(StateFile.ReadBytes(SealedPath))), null, _time.GetTimestamp());
        }
        catch (IOException e)
        {
            return new(signature, null, $"{SealedPath}: {e.Message}", _time.GetTimestamp());
        }
    }

    private void Write(IdentityText text)
    {
        if (!_seal.IsWanted)
        {
            Write(Path, Encoding.ASCII.GetBytes((text with { DigestKey = null }).Reveal()));
            if (text.DigestKey is not null)
                Write(DigestKeyPath, text.DigestKey);
            StateFile.Delete(SealedPath);
            return;
        }

        // The key of digests goes with it: with that, whoever has the disk could guess values.
        var whole = text with { DigestKey = text.DigestKey ?? ReadDigestKey() ?? RandomNumberGenerator.GetBytes(SecretVault.KeyLength) };
        var sealedText = _seal.Seal(whole.Reveal());
        if (_seal.Open(sealedText) != whole.Reveal())
            throw new IOException("what was sealed does not open again");
        Write(SealedPath, sealedText);
        StateFile.Delete(Path);
        StateFile.Delete(DigestKeyPath);
    }

    private static void Write(string path, byte[] content)
    {
        StateFile.ClearForFile(path);
        AtomicFile.Write(path, content);
    }

    /// <param name="Signature">Of the file that was opened.</param>
    /// <param name="Text">Null exactly when there is a problem.</param>
    /// <param name="At">A timestamp.</param>
    private sealed record Opened(FileSignature? Signature, IdentityText? Text, string? Problem, long At);
}
