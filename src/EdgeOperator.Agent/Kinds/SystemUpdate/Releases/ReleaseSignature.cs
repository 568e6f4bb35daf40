using System.Collections.Immutable;
using System.Text;
using EdgeOperator.Agent.Kinds.EdgeModule.Images.Verification;
using EdgeOperator.Agent.Transfers;
using EdgeOperator.Core.Kinds.SystemUpdate.Releases;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.SystemUpdate.Releases;

/// <summary>
/// The signature of a release: ECDSA or RSA (PKCS #1 v1.5) over the archive's SHA-256, as <c>openssl dgst -sha256 -sign</c> and
/// <c>cosign sign-blob</c> make it, in DER or in Base64.
/// </summary>
internal sealed class ReleaseSignature(ImmutableArray<string> keys) : IDisposable
{
    private const int Largest = 16 * 1024;

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60), MaxResponseContentBufferSize = Largest };

    /// <exception cref="ReleaseException">The signature is good by none of the keys, or there is no key.</exception>
    /// <exception cref="TransferException">The signature can't be had.</exception>
    public async Task VerifyAsync(AgentRelease release, CancellationToken cancellation)
    {
        if (keys.IsEmpty)
            throw new ReleaseException("there is no key by which releases can be verified: name it in the agent's configuration (updates.agentKeys)");
        var signature = Decode(release.Signature is { } given ? Encoding.UTF8.GetBytes(given) : await FetchAsync(release.Location + ".sig", cancellation));
        try
        {
            if (PublicKeys.Read(keys).VerifyHash(Convert.FromHexString(release.Sha256), signature) is null)
                throw new ReleaseException($"it has no good signature by {string.Join(" or ", keys)}");
        }
        catch (PublicKeyException e)
        {
            throw new ReleaseException(e.Message, e);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<byte[]> FetchAsync(string location, CancellationToken cancellation)
    {
        try
        {
            return location.Contains("://", StringComparison.Ordinal) ? await _http.GetByteArrayAsync(new Uri(location), cancellation) : ReferencedFile.ReadBytes(location, Largest);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UnauthorizedAccessException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new TransferException("SignatureNotFetched", $"the signature {location} can't be fetched: {e.Message}", e);
        }
    }

    /// <summary>DER begins with 0x30 and a length, which is no Base64.</summary>
    private static byte[] Decode(byte[] signature)
    {
        try
        {
            return Convert.FromBase64String(Encoding.ASCII.GetString(signature).Trim());
        }
        catch (FormatException)
        {
            return signature;
        }
    }
}
