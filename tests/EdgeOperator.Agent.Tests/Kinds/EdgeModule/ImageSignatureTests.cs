using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Agent.Kinds.EdgeModule.Images.Verification;
using EdgeOperator.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Agent.Tests.Kinds.EdgeModule;

public sealed class ImageSignatureTests : IDisposable
{
    private static readonly string Digest = "sha256:" + new string('1', 64);

    private readonly TempFolder _folder = new();
    private readonly ImageSigner _signer = new();

    private PublicKeys Keys => PublicKeys.Read([_folder.Write("cosign.pub", _signer.PublicKey)]);

    public void Dispose()
    {
        _signer.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Any_of_several_keys_will_do()
    {
        using var other = new ImageSigner();
        var keys = PublicKeys.Read([_folder.Write("one.pub", other.PublicKey), _folder.Write("two.pub", _signer.PublicKey)]);

        ImageSignature.OfBundle(Encoding.UTF8.GetBytes(_signer.Bundle(Digest)), Digest, keys).Key.Should().Be(keys.Fingerprints.Last());
    }

    [Fact]
    public void RSA_keys_sign_too()
    {
        using var rsa = RSA.Create(2048);
        var keys = PublicKeys.Read([_folder.Write("rsa.pub", rsa.ExportSubjectPublicKeyInfoPem())]);
        var payload = Encoding.UTF8.GetBytes($$$"""{"critical":{"image":{"docker-manifest-digest":"{{{Digest}}}"},"type":"cosign container image signature"}}""");
        var signature = Convert.ToBase64String(rsa.SignData(payload, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

        ImageSignature.OfSimpleSigning(payload, signature, Digest, keys).Key.Should().NotBeNull();
        payload[^3] ^= 1;
        ImageSignature.OfSimpleSigning(payload, signature, Digest, keys).Refusal.Should().Be("it is by none of the keys");
    }

    [Fact]
    public void A_bundle_in_which_anything_is_changed_is_not_good()
    {
        var bundle = Encoding.UTF8.GetBytes(_signer.Bundle(Digest));
        var keys = Keys;
        var start = Encoding.UTF8.GetString(bundle).IndexOf("\"payload\":\"", StringComparison.Ordinal) + 11;
        for (var i = start; i < start + 200; i++)
        {
            var changed = (byte[])bundle.Clone();
            changed[i] = changed[i] == (byte)'A' ? (byte)'B' : (byte)'A';
            ImageSignature.OfBundle(changed, Digest, keys).Key.Should().BeNull();
        }
    }

    [Fact]
    public void Whatever_a_document_is_nothing_is_thrown() => Prop.ForAll((string text, string signature, byte[] bytes) =>
        ImageSignature.OfBundle(Encoding.UTF8.GetBytes(text ?? ""), Digest, Keys).Key is null
        && ImageSignature.OfBundle(bytes, Digest, Keys).Key is null
        && ImageSignature.OfSimpleSigning(bytes, signature ?? "", Digest, Keys).Key is null).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"dsseEnvelope":{}}""")]
    [InlineData("""{"dsseEnvelope":{"payloadType":"t","payload":"","signatures":[]}}""")]
    [InlineData("""{"dsseEnvelope":{"payloadType":"t","payload":"","signatures":[{"sig":7}]}}""")]
    [InlineData("""{"messageSignature":{"signature":"aa"}}""")]
    public void A_bundle_of_another_shape_is_refused(string bundle) =>
        ImageSignature.OfBundle(Encoding.UTF8.GetBytes(bundle), Digest, Keys).Should().Match<SignatureVerdict>(v => v.Key == null && v.Refusal != null);

    [Theory]
    [InlineData("no PEM")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")]
    public void A_file_that_holds_no_key_is_named(string content)
    {
        var file = _folder.Write("bad.pub", content);

        FluentActions.Invoking(() => PublicKeys.Read([file])).Should().Throw<PublicKeyException>().WithMessage($"{file} holds no ECDSA or RSA public key in PEM*");
    }
}
