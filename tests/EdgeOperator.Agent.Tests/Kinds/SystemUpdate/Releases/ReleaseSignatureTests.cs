using System.Security.Cryptography;
using EdgeOperator.Agent.Kinds.SystemUpdate.Releases;
using EdgeOperator.Agent.Transfers;
using EdgeOperator.Core.Kinds.SystemUpdate.Releases;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Kinds.SystemUpdate.Releases;

/// <summary>Signatures that openssl makes.</summary>
public sealed class ReleaseSignatureTests : IDisposable
{
    private readonly TempFolder _folder = new("sig");
    private readonly AgentRelease _release;

    public ReleaseSignatureTests()
    {
        var archive = _folder.Write("edgeop.tar.gz", "an archive");
        _release = new() { Version = "0.2.0", Location = archive, Sha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(archive))) };
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ecparam -genkey -name prime256v1 -noout -out")]
    [InlineData("genrsa -out")]
    public async Task A_signature_by_one_of_the_keys_is_good_in_either_form(string generate)
    {
        await SignAsync("good", generate);
        await SignAsync("other", generate);
        using var signature = new ReleaseSignature([_folder.File("other.pub"), _folder.File("good.pub")]);

        File.Copy(_folder.File("good.sig"), _release.Location + ".sig");
        await signature.VerifyAsync(_release, CancellationToken.None);
        await signature.VerifyAsync(_release with { Signature = Convert.ToBase64String(await File.ReadAllBytesAsync(_folder.File("good.sig"))) }, CancellationToken.None);
    }

    [Fact]
    public async Task A_signature_by_another_key_or_of_another_archive_is_refused()
    {
        await SignAsync("good", "ecparam -genkey -name prime256v1 -noout -out");
        await SignAsync("other", "ecparam -genkey -name prime256v1 -noout -out");
        using var signature = new ReleaseSignature([_folder.File("good.pub")]);

        File.Copy(_folder.File("other.sig"), _release.Location + ".sig");
        await signature.Awaiting(s => s.VerifyAsync(_release, CancellationToken.None)).Should().ThrowAsync<ReleaseException>().WithMessage("it has no good signature by *good.pub");
        File.Copy(_folder.File("good.sig"), _release.Location + ".sig", overwrite: true);
        await signature.Awaiting(s => s.VerifyAsync(_release with { Sha256 = new('0', 64) }, CancellationToken.None)).Should().ThrowAsync<ReleaseException>();
        await signature.Awaiting(s => s.VerifyAsync(_release with { Signature = "nonsense" }, CancellationToken.None)).Should().ThrowAsync<ReleaseException>();
    }

    [Fact]
    public async Task Without_a_key_or_a_signature_nothing_is_good()
    {
        using var withoutKeys = new ReleaseSignature([]);
        await withoutKeys.Awaiting(s => s.VerifyAsync(_release, CancellationToken.None)).Should().ThrowAsync<ReleaseException>().WithMessage("there is no key*updates.agentKeys*");

        await SignAsync("good", "ecparam -genkey -name prime256v1 -noout -out");
        using var signature = new ReleaseSignature([_folder.File("good.pub")]);
        await signature.Awaiting(s => s.VerifyAsync(_release, CancellationToken.None)).Should().ThrowAsync<TransferException>().WithMessage("the signature *.sig can't be fetched*");
        using var missing = new ReleaseSignature([_folder.File("missing.pub")]);
        await missing.Awaiting(s => s.VerifyAsync(_release with { Signature = "AAAA" }, CancellationToken.None)).Should().ThrowAsync<ReleaseException>().WithMessage("*missing.pub can't be read*");
    }

    private async Task SignAsync(string name, string generate)
    {
        await Shell.RunAsync("openssl", [.. generate.Split(' '), _folder.File($"{name}.pem")]);
        await Shell.RunAsync("openssl", "pkey", "-in", _folder.File($"{name}.pem"), "-pubout", "-out", _folder.File($"{name}.pub"));
        await Shell.RunAsync("openssl", "dgst", "-sha256", "-sign", _folder.File($"{name}.pem"), "-out", _folder.File($"{name}.sig"), _release.Location);
    }
}
