using EdgeOperator.Core.Secrets.Age;
using EdgeOperator.Testing;

namespace EdgeOperator.Cli.Tests.Verbs;

public sealed class SecretVerbTests : IDisposable
{
    private const string Plain = "apiVersion: edgeoperator.io/v1alpha1\nkind: Secret\nmetadata:\n  name: db\nspec:\n  stringData:\n    password: hunter2\n";

    private readonly TempFolder _folder = new();
    private readonly AgeIdentity _device = AgeIdentity.Generate();
    private readonly AgeIdentity _operator = AgeIdentity.Generate();

    private string Keys => _folder.Write("keys.txt", $"# created: 2026-07-01\n{_operator.Reveal()}\n");

    private string Device => _device.Recipient.ToString();

    private string Operator => _operator.Recipient.ToString();

    [Fact]
    public async Task A_file_is_encrypted_onto_standard_output_into_another_or_in_its_place()
    {
        var file = _folder.Write("db.yaml", Plain);

        (await Edgeop.RunAsync("secret", "encrypt", file, "-r", Device)).Should().Match<Run>(run => run.ExitCode == 0 && run.Out.Contains("password: ENC[AES256_GCM,") && run.Error == "");
        (await Edgeop.RunAsync(["secret", "encrypt", "-", "-R", _folder.Write("for", $"# both\n{Device}\n\n{Operator}\n"), "--out", _folder.File("out/out.yaml")], isTerminal: false, stdin: Plain)).ExitCode.Should().Be(0);
        (await File.ReadAllTextAsync(file)).Should().Be(Plain);
        (await Edgeop.RunAsync("secret", "encrypt", file, "-r", Device, "-i")).ExitCode.Should().Be(0);

        (await File.ReadAllTextAsync(file)).Should().NotContain("hunter2");
        (await Edgeop.RunAsync("secret", "recipients", _folder.File("out/out.yaml"))).Out.Should().Be($"{Device}\n{Operator}\n");
        (await Edgeop.RunAsync("validate", _folder.File("out/out.yaml"))).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task Recipients_are_added_and_removed_by_who_can_open_the_file()
    {
        var file = await EncryptedAsync();

        (await Edgeop.RunAsync("secret", "recipients", file, "-r", Device, "--identity", Keys)).Should().Match<Run>(run => run.ExitCode == 0 && run.Out == $"{Operator}\n{Device}\n");
        (await Edgeop.RunAsync(["secret", "recipients", file, "--remove", Device], isTerminal: false, variable: name => name == "SOPS_AGE_KEY_FILE" ? Keys : null))
            .Should().Match<Run>(run => run.ExitCode == 0 && run.Out == $"{Operator}\n" && run.Error.Contains("edgeop secret rotate"));
        (await Edgeop.RunAsync("secret", "recipients", file, "-r", Device, "--identity", _folder.Write("other.txt", _device.Reveal())))
            .Should().Match<Run>(run => run.ExitCode == 1 && run.Error.Contains($"it is encrypted for {Operator}, and not for {Device}"));
    }

    [Fact]
    public async Task The_last_recipient_stays_for_nobody_could_open_the_file_any_more()
    {
        var file = await EncryptedAsync();
        var before = await File.ReadAllTextAsync(file);

        (await Edgeop.RunAsync("secret", "recipients", file, "--remove", Operator, "--identity", Keys))
            .Should().Match<Run>(run => run.ExitCode == 3 && run.Error.Contains("there is no recipient to encrypt for"));

        (await File.ReadAllTextAsync(file)).Should().Be(before);
    }

    [Fact]
    public async Task Files_are_rotated_all_or_none()
    {
        var (one, other) = (await EncryptedAsync(), _folder.Write("other.yaml", Plain));
        var before = await File.ReadAllTextAsync(one);

        (await Edgeop.RunAsync("secret", "rotate", one, other, "--identity", Keys)).Should().Match<Run>(run => run.ExitCode == 3 && run.Error.Contains("other.yaml: it is not encrypted"));
        (await File.ReadAllTextAsync(one)).Should().Be(before);

        (await Edgeop.RunAsync("secret", "rotate", one, "--identity", Keys, "-r", Device)).ExitCode.Should().Be(0);
        (await Edgeop.RunAsync("secret", "recipients", one)).Out.Should().Be($"{Device}\n");
    }

    [Fact]
    public async Task A_secret_key_where_a_recipient_belongs_is_not_shown()
    {
        var run = await Edgeop.RunAsync("secret", "encrypt", _folder.Write("db.yaml", Plain), "-r", _device.Reveal());

        run.ExitCode.Should().Be(3);
        run.Error.Should().Contain("`a secret key` is no age recipient").And.NotContain(_device.Reveal());
    }

    [Fact]
    public async Task Without_recipients_or_identities_the_verbs_say_what_they_need()
    {
        (await Edgeop.RunAsync("secret", "encrypt", _folder.Write("db.yaml", Plain))).Should().Match<Run>(run => run.ExitCode == 3 && run.Error.Contains("there is nobody to encrypt for"));
        (await Edgeop.RunAsync("secret", "rotate", await EncryptedAsync())).Should().Match<Run>(run => run.ExitCode == 3 && run.Error.Contains("no identity to open the file with"));
    }

    [Fact]
    public async Task A_device_without_a_running_agent_shows_its_recipient_and_gets_another()
    {
        var config = _folder.Write("agent.yaml", $"apiVersion: edgeoperator.io/v1alpha1\nkind: AgentConfiguration\nspec:\n  device: {{name: press-7}}\n  stateDirectory: {_folder.File("state")}\n  api: {{socket: {_folder.File("none.sock")}}}\n  sources: [{{directory: {{path: /nowhere}}}}]\n");

        (await Edgeop.RunAsync("--config", config, "identity")).Should().Match<Run>(run => run.ExitCode == 1 && run.Error.Contains("press-7 has no identity yet"));
        Directory.CreateDirectory(_folder.File("state"));
        var made = (await Edgeop.RunAsync("--config", config, "identity", "--rotate")).Out;

        made.Should().StartWith("age1");
        (await Edgeop.RunAsync("--config", config, "identity")).Out.Should().Be(made);
        (await Edgeop.RunAsync("--config", config, "identity", "--rotate", "--grace", "1d")).Out.Should().StartWith("age1").And.NotBe(made);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<string> EncryptedAsync()
    {
        var file = _folder.Write("secret.yaml", Plain);
        (await Edgeop.RunAsync("secret", "encrypt", file, "-r", Operator, "-i")).ExitCode.Should().Be(0);
        return file;
    }
}
