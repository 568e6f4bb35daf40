using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Secrets;
using EdgeOperator.Core.Secrets.Sops;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Secrets;

/// <summary>
/// Opens Secrets with the device's identities. It gives digests for what is planned and shown, and values to whoever is about to use
/// them; it keeps neither values nor what they are encrypted with.
/// </summary>
public sealed class SecretVault : ISecretOpener
{
    internal const int KeyLength = 32;

    private const int DigestLength = 16;

    /// <summary>Shorter words of a value are everybody's.</summary>
    private const int ShortestConcealed = 3;

    /// <summary>References that may be resolved; far more than the revisions that are kept in memory hold.</summary>
    private const int MostKnown = 16_384;

    private readonly IdentityFile _identities;
    private readonly bool _isReadOnly;
    private readonly ConcurrentDictionary<SecretReference, Place> _known = new();
    private byte[]? _key;

    /// <param name="isReadOnly">Nothing is made that is missing.</param>
    /// <param name="configuration">How identities are kept; null for as by default.</param>
    public SecretVault(string stateDirectory, TimeProvider time, bool isReadOnly = false, SecretsConfiguration? configuration = null)
    {
        _identities = new(stateDirectory, time, configuration);
        _isReadOnly = isReadOnly;
    }

    /// <inheritdoc cref="IdentityFile.EnsureExists"/>
    /// <exception cref="IOException">The state directory can't be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The state directory may not be used.</exception>
    public string? EnsureIdentity() => _identities.EnsureExists();

    /// <summary>For whom others encrypt: the device's current recipient; null when there is none.</summary>
    public string? Recipient => Recipients.FirstOrDefault();

    /// <summary>Why the identity can't be read, or is not kept as it should be; null when all is well, and when there is none.</summary>
    public string? IdentityProblem
    {
        get
        {
            _identities.Load(out var problem);
            return problem;
        }
    }

    /// <summary>Of all identities that may be used, the current one first.</summary>
    public ImmutableArray<string> Recipients => [.. _identities.Load(out _).Select(identity => identity.Recipient.ToString())];

    /// <summary>Changes when the device has other identities, so that what could not be opened is tried again.</summary>
    public string Generation => string.Join(' ', Recipients);

    public SecretOpening Open(string name, SopsFile file, int document)
    {
        var identities = _identities.Load(out var problem);
        try
        {
            var values = file.Open(identities);
            var key = DigestKey();
            var digests = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
            foreach (var value in values.Where(value => value.Document == document && value.Path is ["spec", _, _]))
            {
                if (SecretData.Find(values, document, value.Path[2]) is not { } bytes)
                    return new SecretOpening.Refused("SecretInvalid", $"the value of {value.Path[2]} under `data` is not base64: write texts under `stringData`");
                var digest = Convert.ToHexStringLower(DigestOf(key, name, value.Path[2], bytes.Span));
                digests[value.Path[2]] = digest;
                if (_known.Count >= MostKnown)
                    _known.Clear();
                _known[new(name, value.Path[2], digest)] = new(file, document);
            }

            return new SecretOpening.Opened(digests.ToImmutable());
        }
        catch (SecretFormatException e)
        {
            return new SecretOpening.Refused(
                e.Failure switch { SecretFailure.NoIdentity => SecretOpening.NotForThisDevice, SecretFailure.Damaged => "SecretDamaged", _ => "SecretInvalid" },
                problem is null || e.Failure != SecretFailure.NoIdentity ? e.Message : $"{problem}; {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return new SecretOpening.Refused("SecretUnreadable", $"the key for digests of secrets can't be used: {e.Message}");
        }
    }

    /// <summary>The text with the values of the secrets that it refers to.</summary>
    /// <exception cref="SecretUnavailableException">One of them can't be had, or is no text.</exception>
    public string Reveal(string text) => SecretReference.Replace(text, reference =>
    {
        var value = ValueOf(reference);
        try
        {
            return Strict.GetString(value.Span);
        }
        catch (DecoderFallbackException)
        {
            throw new SecretUnavailableException($"{reference.Variable} is no text: it can only be the whole content of a file");
        }
    });

    /// <summary>The same for a file's content.</summary>
    /// <exception cref="SecretUnavailableException">One of them can't be had.</exception>
    public byte[] Reveal(ReadOnlySpan<byte> content) => SecretReference.Replace(content, ValueOf);

    /// <summary>The same for every text of a list.</summary>
    /// <exception cref="SecretUnavailableException">One of them can't be had, or is no text.</exception>
    public void Reveal(JsonArray? texts)
    {
        for (var i = 0; i < (texts?.Count ?? 0); i++)
        {
            if (texts![i] is JsonValue value && value.TryGetValue<string>(out var text) && SecretReference.IsIn(text))
                texts[i] = (JsonNode)Reveal(text);
        }
    }

    /// <summary>A text, whose white space may have been folded, in which the values of the secrets that another refers to are hidden.</summary>
    public string Conceal(string text, string references) => SecretReference.In(references).Distinct().Aggregate(text, (shown, reference) =>
        Encoding.UTF8.GetString(ValueOf(reference).Span).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Where(word => word.Length >= ShortestConcealed)
            .Aggregate(shown, (hidden, word) => hidden.Replace(word, Redaction.Hidden, StringComparison.Ordinal)));

    /// <summary>The values of all secrets that the device's revisions refer to, for whoever has to keep them out of something. Others than texts are left out.</summary>
    public IEnumerable<string> Values()
    {
        foreach (var reference in _known.Keys)
        {
            string value;
            try
            {
                value = Strict.GetString(ValueOf(reference).Span);
            }
            catch (Exception e) when (e is SecretUnavailableException or DecoderFallbackException)
            {
                continue;
            }

            yield return value;
        }
    }

    /// <summary>A digest of a text that tells nothing of it to whoever guesses it, and changes with it; 64 hexadecimal digits.</summary>
    /// <exception cref="SecretUnavailableException">The key of digests can't be had.</exception>
    public string Keyed(string text)
    {
        try
        {
            return Convert.ToHexStringLower(HMACSHA256.HashData(DigestKey(), Encoding.UTF8.GetBytes($"file\0{text}")));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new SecretUnavailableException($"the key for digests of secrets can't be used: {e.Message}");
        }
    }

    private static UTF8Encoding Strict { get; } = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static ReadOnlySpan<byte> DigestOf(byte[] key, string name, string secretKey, ReadOnlySpan<byte> value)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hash.AppendData(Encoding.UTF8.GetBytes($"{name}\0{secretKey}\0"));
        hash.AppendData(value);
        return hash.GetHashAndReset().AsSpan(..DigestLength);
    }

    private ReadOnlyMemory<byte> ValueOf(SecretReference reference)
    {
        if (!_known.TryGetValue(reference, out var place))
            throw new SecretUnavailableException($"{reference.Variable} can't be had: the device could not open the Secret {reference.Secret}");
        try
        {
            return SecretData.Find(place.File.Open(_identities.Load(out _)), place.Document, reference.Key)
                ?? throw new SecretUnavailableException($"{reference.Variable} is not in the Secret {reference.Secret}");
        }
        catch (SecretFormatException e)
        {
            throw new SecretUnavailableException($"{reference.Variable} can't be had: {e.Message}");
        }
    }

    /// <summary>Random and the device's own, so that a digest can't be told from a guessed value.</summary>
    private byte[] DigestKey()
    {
        if (_key is not null)
            return _key;
        if (_identities.DigestKey() is { } kept)
            return _key = kept;
        var made = RandomNumberGenerator.GetBytes(KeyLength);
        if (!_isReadOnly)
        {
            StateFile.ClearForFile(_identities.DigestKeyPath);
            AtomicFile.Write(_identities.DigestKeyPath, made);
        }

        return _key = made;
    }

    private sealed record Place(SopsFile File, int Document);
}

/// <summary>A secret's value can't be had. The message names the secret, and never its value.</summary>
public sealed class SecretUnavailableException(string message) : Exception(message)
{
    public const string Reason = "SecretUnavailable";
}
