using System.Security.Cryptography;

namespace EdgeOperator.Core.Secrets.Age;

/// <summary>An age file's payload: chunks of 64 KiB, each sealed with its number and whether it is the last (the STREAM construction).</summary>
internal static class AgePayload
{
    private const int ChunkLength = 64 * 1024;
    private const int TagLength = 16;
    private const int NonceLength = 16;

    /// <exception cref="SecretFormatException">The payload is cut short, or was changed.</exception>
    public static byte[] Open(byte[] fileKey, ReadOnlySpan<byte> payload)
    {
        if (payload.Length < NonceLength + TagLength)
            throw Damaged();
        using var cipher = Cipher(fileKey, payload[..NonceLength]);
        var sealedChunks = payload[NonceLength..];
        var result = new byte[sealedChunks.Length - (Chunks(sealedChunks.Length, ChunkLength + TagLength) * TagLength)];
        var written = 0;
        for (var counter = 0UL; ; counter++)
        {
            var isLast = sealedChunks.Length <= ChunkLength + TagLength;
            var chunk = isLast ? sealedChunks : sealedChunks[..(ChunkLength + TagLength)];
            var length = chunk.Length - TagLength;

            // An empty chunk is allowed only as the whole of an empty file.
            if (length < 0 || (length == 0 && counter > 0))
                throw Damaged();
            try
            {
                cipher.Decrypt(Nonce(counter, isLast), chunk[..length], chunk[length..], result.AsSpan(written, length));
            }
            catch (AuthenticationTagMismatchException)
            {
                throw Damaged();
            }

            written += length;
            if (isLast)
                return result;
            sealedChunks = sealedChunks[chunk.Length..];
        }
    }

    public static byte[] Seal(byte[] fileKey, ReadOnlySpan<byte> text)
    {
        var nonce = RandomNumberGenerator.GetBytes(NonceLength);
        using var cipher = Cipher(fileKey, nonce);
        var result = new byte[NonceLength + text.Length + (Math.Max(1, Chunks(text.Length, ChunkLength)) * TagLength)];
        nonce.CopyTo(result, 0);
        var rest = result.AsSpan(NonceLength);
        for (var counter = 0UL; ; counter++)
        {
            var isLast = text.Length <= ChunkLength;
            var chunk = isLast ? text : text[..ChunkLength];
            cipher.Encrypt(Nonce(counter, isLast), chunk, rest[..chunk.Length], rest.Slice(chunk.Length, TagLength));
            if (isLast)
                return result;
            text = text[ChunkLength..];
            rest = rest[(chunk.Length + TagLength)..];
        }
    }

    private static int Chunks(int length, int size) => (length + size - 1) / size;

    private static ChaCha20Poly1305 Cipher(byte[] fileKey, ReadOnlySpan<byte> nonce) =>
        new(HKDF.DeriveKey(HashAlgorithmName.SHA256, fileKey, 32, nonce.ToArray(), "payload"u8.ToArray()));

    private static byte[] Nonce(ulong counter, bool isLast)
    {
        var nonce = new byte[12];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(nonce.AsSpan(3), counter);
        nonce[11] = (byte)(isLast ? 1 : 0);
        return nonce;
    }

    private static SecretFormatException Damaged() => new(SecretFailure.Damaged, "the age file is cut short or was changed");
}
