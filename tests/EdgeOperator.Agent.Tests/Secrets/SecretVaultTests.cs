using System.Text;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Secrets.Age;
using EdgeOperator.Core.Secrets.Sops;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Secrets;

public sealed class SecretVaultTests : IDisposable
{
    private static readonly byte[] Binary = [0, 0xFF, 0x80, 10];

    private readonly TempFolder _state = new();
    private readonly SecretVault _vault;

    public SecretVaultTests()
    {
        _vault = new(_state, TimeProvider.System);
        _vault.EnsureIdentity();
    }

    [Fact]
    public void The_identity_and_the_key_of_digests_are_for_their_owner_alone()
    {
        Open("hunter2");

        Directory.GetFiles(_state).Should().HaveCount(2).And.AllSatisfy(file => File.GetUnixFileMode(file).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public void An_identity_is_made_once()
    {
        var before = _vault.Recipient;

        new SecretVault(_state, TimeProvider.System).EnsureIdentity();

        new SecretVault(_state, TimeProvider.System).Recipient.Should().Be(before).And.StartWith("age1");
    }

    [Fact]
    public void Values_are_put_in_where_they_are_referred_to()
    {
        var reference = Open("hunter2");

        _vault.Reveal($"a {reference} b {reference}").Should().Be("a hunter2 b hunter2");
        _vault.Reveal("no reference ${secrets.db.password}").Should().Be("no reference ${secrets.db.password}");
    }

    [Fact]
    public void What_a_value_looks_like_is_not_looked_at_again() => _vault.Reveal(Open("${secrets.db.password}$${x}").ToString()).Should().Be("${secrets.db.password}$${x}");

    [Fact]
    public void Bytes_are_a_file_s_content_and_no_part_of_a_text()
    {
        var reference = Open(Convert.ToBase64String(Binary), "data");

        _vault.Reveal(Encoding.UTF8.GetBytes($"{reference}")).Should().Equal(Binary);
        FluentActions.Invoking(() => _vault.Reveal($"{reference}")).Should().Throw<SecretUnavailableException>().WithMessage("${secrets.db.password} is no text*");
    }

    [Fact]
    public void A_digest_changes_with_the_value_and_with_the_device_and_not_with_the_encryption()
    {
        using var other = new TempFolder();
        var vault = new SecretVault(other, TimeProvider.System);
        vault.EnsureIdentity();

        Open("hunter2").Digest.Should().Be(Open("hunter2").Digest).And.NotBe(Open("hunter3").Digest).And.NotBe(Open(vault, "hunter2").Digest);
    }

    [Fact]
    public void A_digest_is_the_same_after_a_restart()
    {
        var before = Open("hunter2");

        Open(new SecretVault(_state, TimeProvider.System), "hunter2").Should().Be(before);
    }

    [Fact]
    public void A_Secret_for_others_says_for_whom_it_is_and_who_the_device_is()
    {
        var other = AgeIdentity.Generate().Recipient;

        var refused = _vault.Open("db", Encrypt("hunter2", "stringData", other), 0).Should().BeOfType<SecretOpening.Refused>().Which;

        refused.Reason.Should().Be("NotForThisDevice");
        refused.Message.Should().Be($"it is encrypted for {other}, and not for {_vault.Recipient}");
    }

    [Fact]
    public void A_new_identity_leaves_the_old_one_usable_until_the_grace_is_over()
    {
        var reference = Open("hunter2");
        var old = Encrypt("hunter2", "stringData", AgeRecipient.Parse(_vault.Recipient!)!);
        var generation = _vault.Generation;

        var next = new IdentityFile(_state, TimeProvider.System).Rotate(TimeSpan.FromDays(1));

        _vault.Recipient.Should().Be(next.ToString());
        _vault.Generation.Should().NotBe(generation);
        _vault.Reveal($"{reference}").Should().Be("hunter2");
        new SecretVault(_state, new Later(TimeSpan.FromHours(23))).Open("db", old, 0).Should().BeOfType<SecretOpening.Opened>();
        new SecretVault(_state, new Later(TimeSpan.FromHours(25))).Open("db", old, 0).Should().BeOfType<SecretOpening.Refused>().Which.Reason.Should().Be("NotForThisDevice");
    }

    [Fact]
    public void An_identity_that_can_t_be_read_is_said_so_and_never_replaced()
    {
        File.WriteAllText(Path.Combine(_state, "identity"), "AGE-SECRET-KEY-1BROKEN\n");

        _vault.EnsureIdentity();

        _vault.Recipient.Should().BeNull();
        _vault.Open("db", Encrypt("hunter2", "stringData", AgeIdentity.Generate().Recipient), 0).Should().BeOfType<SecretOpening.Refused>()
            .Which.Message.Should().Contain("the device's identity can't be read").And.NotContain("BROKEN");
    }

    [Fact]
    public void A_credential_of_systemd_s_comes_before_the_file_and_no_other_identity_is_made()
    {
        using var state = new TempFolder();
        using var credentials = new TempFolder();
        var brought = AgeIdentity.Generate();
        credentials.Write(IdentityFile.Credential, $"# created: 2026-07-01\n{brought.Reveal()}\n");
        var identities = new IdentityFile(state, TimeProvider.System, credentials: credentials);

        identities.EnsureExists();

        File.Exists(identities.Path).Should().BeFalse();
        identities.Load(out _).Should().ContainSingle().Which.Recipient.Should().Be(brought.Recipient);
        FluentActions.Invoking(() => identities.Rotate(TimeSpan.Zero)).Should().Throw<IOException>().WithMessage("*comes from systemd*");
    }

    [Fact]
    public void What_an_engine_says_of_a_request_is_shown_without_the_values_in_it() =>
        _vault.Conceal("invalid environment variable: hunter two 2", $"A={Open("hunter\ntwo 2")}").Should().NotContain("hunter").And.NotContain("two");

    public void Dispose() => _state.Dispose();

    private SecretReference Open(string value, string field = "stringData") => Open(_vault, value, field);

    private static SecretReference Open(SecretVault vault, string value, string field = "stringData")
    {
        var opened = vault.Open("db", Encrypt(value, field, AgeRecipient.Parse(vault.Recipient!)!), 0).Should().BeOfType<SecretOpening.Opened>().Which;
        return new("db", "password", opened.Digests["password"]);
    }

    private static SopsFile Encrypt(string value, string field, AgeRecipient recipient)
    {
        var yaml = SopsWriter.Encrypt($"spec:\n  {field}:\n    password: {System.Text.Json.JsonSerializer.Serialize(value)}\n", [recipient], DateTimeOffset.UnixEpoch);
        return SopsFile.Parse(YamlReader.Read(new("db.yaml", Encoding.UTF8.GetBytes(yaml)), new()), new())!;
    }

    private sealed class Later(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
