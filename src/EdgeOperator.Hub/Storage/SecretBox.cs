using System.Security.Cryptography;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Hub.Storage;

/// <summary>Encrypts secrets that lie in the database, by AES-256-GCM with a key from a file of its own (0600).</summary>
/// <remarks>A stored secret is nonce (12 bytes), tag (16 bytes), cipher text.</remarks>
internal sealed class SecretBox : IDisposable
{
    private const int KeySize = 32;
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly AesGcm _cipher;

    private readonly string _keyFile;

    private SecretBox(byte[] key, string keyFile) => (_cipher, _keyFile) = (new(key, TagSize), keyFile);

    /// <summary>Opens the key file, or makes one when there is none.</summary>
    /// <exception cref="InvalidDataException">The file holds no key.</exception>
    public static SecretBox Open(string keyFile)
    {
        if (!File.Exists(keyFile))
            AtomicFile.Write(keyFile, RandomNumberGenerator.GetBytes(KeySize));
        var key = ReferencedFile.ReadBytes(keyFile);
        return key.Length == KeySize ? new(key, keyFile) : throw new InvalidDataException($"{keyFile} does not hold a key of {KeySize} bytes: restore it from the backup, without it stored keys can't be read");
    }

    public byte[] Encrypt(ReadOnlySpan<byte> secret)
    {
        var box = new byte[NonceSize + TagSize + secret.Length];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceSize));
        lock (_cipher)
            _cipher.Encrypt(box.AsSpan(0, NonceSize), secret, box.AsSpan(NonceSize + TagSize), box.AsSpan(NonceSize, TagSize));
        return box;
    }

    /// <exception cref="InvalidDataException">It was encrypted with another key, or changed.</exception>
    public byte[] Decrypt(ReadOnlySpan<byte> box)
    {
        try
        {
            var secret = new byte[box.Length - NonceSize - TagSize];
            lock (_cipher)
                _cipher.Decrypt(box[..NonceSize], box[(NonceSize + TagSize)..], box.Slice(NonceSize, TagSize), secret);
            return secret;
        }
        catch (Exception e) when (e is CryptographicException or OverflowException)
        {
            throw new InvalidDataException($"a stored key can't be decrypted with {_keyFile}: restore that file and the database from the same backup", e);
        }
    }

    public void Dispose() => _cipher.Dispose();
}
