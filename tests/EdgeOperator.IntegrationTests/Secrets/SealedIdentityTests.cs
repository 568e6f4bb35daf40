using System.Text;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Secrets.Age;
using EdgeOperator.Core.Secrets.Sops;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Secrets;

/// <summary>The device's identity, sealed by a TPM (swtpm) through the real <c>systemd-creds</c>.</summary>
public sealed class SealedIdentityTests : IAsyncLifetime
{
    private readonly TempFolder _state = new();
    private SoftwareTpm _tpm = null!;

    public async Task InitializeAsync() => _tpm = await SoftwareTpm.StartAsync();

    public async Task DisposeAsync()
    {
        await _tpm.DisposeAsync();
        _state.Dispose();
    }

    [Fact]
    public void An_identity_is_sealed_as_it_is_made_and_opens_what_is_encrypted_for_it_after_a_restart_too()
    {
        var vault = Vault();
        vault.EnsureIdentity().Should().BeNull();
        _tpm.Flush();
        var digest = DigestOf(vault);

        DigestOf(Vault()).Should().Be(digest, "the key of digests is sealed with it");
        Vault().Recipient.Should().Be(vault.Recipient).And.StartWith("age1");
        ShouldHoldNoKey();
    }

    [Fact]
    public void One_that_lay_there_in_clear_is_sealed_and_stays_the_same()
    {
        var clear = new SecretVault(_state, TimeProvider.System);
        clear.EnsureIdentity();
        var (recipient, digest) = (clear.Recipient, DigestOf(clear));

        Vault().EnsureIdentity().Should().BeNull();

        Vault().Recipient.Should().Be(recipient).And.StartWith("age1");
        DigestOf(Vault()).Should().Be(digest);
        ShouldHoldNoKey();
    }

    [Fact]
    public void One_that_was_cut_short_between_both_files_is_finished()
    {
        Vault().EnsureIdentity();
        var recipient = Vault().Recipient;
        var later = AgeIdentity.Generate();
        _state.Write("identity", later.Reveal() + "\n");

        Vault().EnsureIdentity().Should().BeNull();

        Vault().Recipients.Should().Equal(recipient, later.Recipient.ToString());
        ShouldHoldNoKey();
    }

    [Fact]
    public async Task The_disk_in_another_machine_opens_nothing_and_makes_no_other_identity()
    {
        Vault().EnsureIdentity();
        await using var other = await SoftwareTpm.StartAsync();

        var vault = Vault(other);
        vault.EnsureIdentity().Should().BeNull();

        vault.Recipient.Should().BeNull();
        vault.IdentityProblem.Should().Contain("identity.sealed").And.Contain("systemd-creds");
        vault.Open("db", Encrypt(AgeIdentity.Generate().Recipient), 0).Should().BeOfType<SecretOpening.Refused>().Which.Message.Should().Contain("can't be opened by systemd-creds");
        Vault().Recipient.Should().StartWith("age1", "the first machine still opens it");
    }

    [Fact]
    public void Registers_that_it_is_bound_to_must_be_as_they_were()
    {
        Vault(null, 7).EnsureIdentity().Should().BeNull();
        Vault(null, 7).Recipient.Should().StartWith("age1");

        _tpm.Extend(7);

        Vault(null, 7).Recipient.Should().BeNull();
    }

    [Fact]
    public void Without_a_TPM_none_is_made_in_clear_and_one_in_clear_goes_on_being_used()
    {
        var nowhere = new SecretVault(_state, TimeProvider.System, configuration: new() { Seal = "tpm2", Tpm2Device = $"swtpm:path={_state}/none" });

        nowhere.EnsureIdentity().Should().Contain("is not sealed");
        Directory.GetFiles(_state).Should().BeEmpty();
        nowhere.Recipient.Should().BeNull();

        new SecretVault(_state, TimeProvider.System).EnsureIdentity();
        nowhere.EnsureIdentity().Should().Contain("is not sealed");
        nowhere.Recipient.Should().StartWith("age1");
    }

    [Fact]
    public void Another_identity_is_sealed_too_and_unsealed_when_that_is_configured()
    {
        var vault = Vault();
        vault.EnsureIdentity();
        _tpm.Flush();
        var (first, digest) = (vault.Recipient, DigestOf(vault));

        _tpm.Flush();
        var second = new IdentityFile(_state, TimeProvider.System, Configuration()).Rotate(TimeSpan.FromDays(1));
        _tpm.Flush();
        vault.Recipients.Should().Equal(second.ToString(), first);
        ShouldHoldNoKey();

        _tpm.Flush();
        var third = new IdentityFile(_state, TimeProvider.System, Configuration() with { Seal = SecretsConfiguration.NoSeal }).Rotate(TimeSpan.FromDays(1));
        var clear = new SecretVault(_state, TimeProvider.System);
        clear.Recipients.Should().Equal(third.ToString(), second.ToString(), first);
        File.Exists(_state.File("identity.sealed")).Should().BeFalse();
        DigestOf(clear, AgeRecipient.Parse(first!)!).Should().Be(digest);
    }

    private SecretsConfiguration Configuration(SoftwareTpm? tpm = null, params int[] pcrs) => new() { Seal = "tpm2", Tpm2Device = (tpm ?? _tpm).Device, Tpm2Pcrs = [.. pcrs] };

    private SecretVault Vault(SoftwareTpm? tpm = null, params int[] pcrs)
    {
        (tpm ?? _tpm).Flush();
        return new(_state, TimeProvider.System, configuration: Configuration(tpm, pcrs));
    }

    private void ShouldHoldNoKey()
    {
        Directory.GetFiles(_state).Should().ContainSingle().Which.Should().EndWith("identity.sealed");
        File.GetUnixFileMode(_state.File("identity.sealed")).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.ReadAllText(_state.File("identity.sealed")).Should().NotContain("AGE-SECRET-KEY");
    }

    private static string DigestOf(SecretVault vault, AgeRecipient? recipient = null) =>
        vault.Open("db", Encrypt(recipient ?? AgeRecipient.Parse(vault.Recipient!)!), 0).Should().BeOfType<SecretOpening.Opened>().Which.Digests["password"];

    private static SopsFile Encrypt(AgeRecipient recipient)
    {
        var yaml = SopsWriter.Encrypt("spec:\n  stringData:\n    password: hunter2\n", [recipient], DateTimeOffset.UnixEpoch);
        return SopsFile.Parse(YamlReader.Read(new("db.yaml", Encoding.UTF8.GetBytes(yaml)), new()), new())!;
    }
}
