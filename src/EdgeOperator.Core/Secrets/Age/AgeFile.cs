using System.Security.Cryptography;

namespace EdgeOperator.Core.Secrets.Age;

/// <summary>Reads and writes files of age, version 1, for X25519 recipients, with and without armor (C2SP age.md).</summary>
public static class AgeFile
{
    /// <summary>Bytes of the largest file that is opened.</summary>
    public const int MaxLength = 8 * 1024 * 1024;

    /// <exception cref="SecretFormatException">The file is none of age's, is for others, or was changed.</exception>
    public static byte[] Decrypt(ReadOnlySpan<byte> file, IReadOnlyCollection<AgeIdentity> identities)
    {
        if (file.Length > MaxLength)
            throw new SecretFormatException(SecretFailure.Malformed, $"the age file is larger than {MaxLength / 1024 / 1024} MiB");
        var bytes = AgeArmor.IsArmored(file) ? AgeArmor.Remove(file) : file;
        var header = AgeHeader.Read(bytes);
        foreach (var stanza in header.Stanzas)
        {
            foreach (var identity in identities)
            {
                if (stanza.Unwrap(identity) is not { } fileKey)
                    continue;
                header.Check(fileKey);
                return AgePayload.Open(fileKey, bytes[header.Length..]);
            }
        }

        throw new SecretFormatException(SecretFailure.NoIdentity, "the age file is for other recipients");
    }

    /// <param name="recipients">At least one.</param>
    public static byte[] Encrypt(ReadOnlySpan<byte> text, IReadOnlyCollection<AgeRecipient> recipients)
    {
        if (recipients.Count == 0)
            throw new ArgumentException("A file needs a recipient.", nameof(recipients));
        var fileKey = RandomNumberGenerator.GetBytes(AgeStanza.FileKeyLength);
        return [.. AgeHeader.Write(fileKey, recipients.Select(recipient => AgeStanza.Wrap(fileKey, recipient))), .. AgePayload.Seal(fileKey, text)];
    }
}
