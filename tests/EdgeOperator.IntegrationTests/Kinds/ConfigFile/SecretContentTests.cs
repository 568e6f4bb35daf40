using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Secrets.Age;
using EdgeOperator.Core.Secrets.Sops;

namespace EdgeOperator.IntegrationTests.Kinds.ConfigFile;

/// <summary>Files whose content refers to secrets.</summary>
public sealed class SecretContentTests : FileFixture
{
    private const string Canary = "canary-61c0d";

    public SecretContentTests()
    {
        Secrets = new(State, TimeProvider.System);
        Secrets.EnsureIdentity();
        Restart();
    }

    [Fact]
    public async Task The_value_is_in_the_file_and_nothing_of_it_in_what_is_observed_or_kept()
    {
        var file = SecretFile($"{Canary}-one");
        await WrittenAsync(file);

        (await File.ReadAllTextAsync(At("f"))).Should().Be($"password={Canary}-one");
        File.GetUnixFileMode(At("f")).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var observed = await ObserveAsync(file);
        observed.ContentHash.Should().Be(file.File.ContentHash, "it is as desired");
        ShouldBeNowhereElse();

        // After a restart too, and where it is not desired any more.
        Restart();
        (await ObserveAsync(file)).ContentHash.Should().Be(file.File.ContentHash);
        (await ObserveAsync(At("f")))!.ContentHash.Should().NotBe(PlainHash());
    }

    [Fact]
    public async Task Another_value_is_another_content_and_the_same_one_encrypted_anew_is_not()
    {
        var file = SecretFile($"{Canary}-one");
        await WrittenAsync(file);

        (await ObserveAsync(SecretFile($"{Canary}-one"))).ContentHash.Should().Be(SecretFile($"{Canary}-one").File.ContentHash);
        var changed = SecretFile($"{Canary}-two");
        (await ObserveAsync(changed)).ContentHash.Should().NotBe(changed.File.ContentHash);
        await WrittenAsync(changed);
        (await File.ReadAllTextAsync(At("f"))).Should().Be($"password={Canary}-two");
        ShouldBeNowhereElse();
    }

    [Fact]
    public async Task What_somebody_made_of_it_is_drift_and_no_copy_of_it_is_kept()
    {
        var file = SecretFile($"{Canary}-one");
        await WrittenAsync(file);
        await File.AppendAllTextAsync(At("f"), "\nedited");

        (await ObserveAsync(file)).ContentHash.Should().NotBe(file.File.ContentHash).And.NotBe(PlainHash());
        var restored = (await RestoreAsync(At("f"))).Should().BeOfType<StepOutcome.Succeeded>().Which;

        restored.Note.Should().Contain("is not kept, because it may hold secrets");
        File.Exists(At("f")).Should().BeFalse();
        ShouldBeNowhereElse();
    }

    [Fact]
    public async Task A_file_that_an_agent_without_its_records_finds_as_it_should_be_is_not_copied()
    {
        var file = SecretFile($"{Canary}-one");
        await WrittenAsync(file);
        Directory.Delete(Path.Combine(State, "files"), recursive: true);
        Restart();

        await WrittenAsync(file);

        ShouldBeNowhereElse();
        await RestoreAsync(At("f"));
        File.Exists(At("f")).Should().BeFalse();
    }

    [Fact]
    public async Task What_was_there_before_comes_back_when_it_goes()
    {
        await File.WriteAllTextAsync(At("f"), "original");
        await WrittenAsync(SecretFile($"{Canary}-one"));

        await RestoreAsync(At("f"));

        (await File.ReadAllTextAsync(At("f"))).Should().Be("original");
    }

    [Fact]
    public async Task A_secret_that_can_t_be_had_is_written_nowhere_and_the_file_stays()
    {
        await WrittenAsync(SecretFile($"{Canary}-one"));
        var unknown = ConfigFile(At("f"), $"password={new SecretReference("db", "password", new('0', 32))}") is var plain ? plain with { File = plain.File with { HoldsSecrets = true } } : null!;

        (await ObserveAsync(unknown)).ContentHash.Should().NotBe(unknown.File.ContentHash);
        (await WriteAsync(unknown)).Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("SecretUnavailable");
        (await File.ReadAllTextAsync(At("f"))).Should().Be($"password={Canary}-one");
    }

    [Fact]
    public async Task What_looks_like_a_reference_in_a_file_of_the_source_is_none()
    {
        var text = $"{Reference("x")}";
        await WrittenAsync(ConfigFile(At("f"), text));

        (await File.ReadAllTextAsync(At("f"))).Should().Be(text);
    }

    private ConfigFileResource SecretFile(string value)
    {
        var file = ConfigFile(At("f"), $"password={Reference(value)}");
        return file with { File = file.File with { HoldsSecrets = true, Mode = ConfigFileSpec.PrivateMode } };
    }

    private SecretReference Reference(string value)
    {
        var yaml = SopsWriter.Encrypt($"spec:\n  stringData:\n    password: {value}\n", [AgeRecipient.Parse(Secrets!.Recipient!)!], DateTimeOffset.UnixEpoch);
        var opened = Secrets.Open("db", SopsFile.Parse(YamlReader.Read(new("db.yaml", Encoding.UTF8.GetBytes(yaml)), new()), new())!, 0).Should().BeOfType<SecretOpening.Opened>().Which;
        return new("db", "password", opened.Digests["password"]);
    }

    private string PlainHash() => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(At("f"))));

    /// <summary>Neither the value, nor a hash of the file by which a value could be guessed.</summary>
    private void ShouldBeNowhereElse()
    {
        var needles = (string[])[Canary, .. File.Exists(At("f")) ? (string[])[PlainHash()] : []];
        foreach (var kept in Directory.EnumerateFiles(State, "*", SearchOption.AllDirectories))
            needles.Should().NotContain(needle => kept.Contains(needle) || File.ReadAllText(kept).Contains(needle), $"{kept} is the agent's own");
    }
}
