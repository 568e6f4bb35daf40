using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Tests.Verbs;

public sealed class PlanVerbTests : IAsyncLifetime
{
    private readonly FolderDevice _device = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _device.DisposeAsync();

    [Fact]
    public async Task It_says_what_would_happen_and_does_nothing()
    {
        _device.Desire("content: hello");

        (await _device.RunAsync("plan")).Should().Be(new Run(0, $"~ write {_device.Motd}: it is missing\n1 to add\n", ""));
        File.Exists(_device.Motd).Should().BeFalse();
    }

    [Fact]
    public async Task The_detailed_exit_code_tells_changes_from_none()
    {
        _device.Desire("content: hello");

        (await _device.RunAsync("plan", "--detailed-exitcode")).ExitCode.Should().Be(2);
        (await _device.RunAsync("apply")).ExitCode.Should().Be(0);
        (await _device.RunAsync("plan", "--detailed-exitcode")).Should().Be(new Run(0, "No changes.\n", ""));
    }

    [Fact]
    public async Task A_folder_takes_the_place_of_the_sources()
    {
        _device.Desire("content: configured");
        _device.Desire("content: other", folder: $"{_device.Source}-other");

        (await _device.RunAsync("apply")).ExitCode.Should().Be(0);

        (await _device.RunAsync("plan", $"{_device.Source}-other")).Out.Should().Be($"~ write {_device.Motd}: its content differs\n    content: configured → other\n1 to change\n");
    }

    [Theory]
    [InlineData("validate")]
    [InlineData("plan")]
    [InlineData("apply")]
    [InlineData("render")]
    public async Task A_folder_that_can_t_be_read_is_invalid_input_to_every_verb_that_takes_one(string verb)
    {
        _device.Desire("content: hello", folder: $"{_device.Source}-other");
        await using (var huge = File.Create(Path.Combine($"{_device.Source}-other", "huge.bin")))
            huge.SetLength(8L << 30);

        var run = await _device.RunAsync(verb, $"{_device.Source}-other");

        run.ExitCode.Should().Be(3);
        run.Error.Should().Contain("huge.bin");
    }

    [Fact]
    public async Task JSON_is_a_document_of_steps()
    {
        _device.Desire("content: hello");

        var plan = JsonNode.Parse((await _device.RunAsync("plan", "-o", "json")).Out)!;

        plan["steps"]!.AsArray().Should().ContainSingle().Which!["action"]!.GetValue<string>().Should().Be("WriteFile");
        plan["summary"]!["add"]!.GetValue<int>().Should().Be(1);
    }

    [Fact]
    public async Task On_a_terminal_it_is_coloured()
    {
        _device.Desire("content: hello");

        (await _device.OnTerminalAsync("plan")).Out.Should().StartWith("\e[33m~ write ").And.Contain("\e[0m\n");
    }

    [Fact]
    public async Task Invalid_manifests_are_told_with_positions_and_exit_with_3()
    {
        _device.Desire("contnet: hello");

        var run = await _device.RunAsync("plan");

        run.ExitCode.Should().Be(3);
        run.Error.Should().Contain("(motd.yaml:6:3): did you mean `content`?");
    }

    [Theory]
    [InlineData("content: hello\n  dependsOn: [EdgeModule/web]", "ConfigFile/motd can never be applied as it is: depends on EdgeModule/web, which is not desired on this device")]
    [InlineData("content: hello\n  dependsOn: [ConfigFile/motd]", "ConfigFile/motd can never be applied as it is: the dependencies form a cycle: ConfigFile/motd → ConfigFile/motd")]
    public async Task What_can_never_be_applied_exits_with_3(string spec, string why)
    {
        _device.Desire(spec);

        foreach (var verb in (string[])["plan", "apply"])
        {
            var run = await _device.RunAsync(verb);

            run.ExitCode.Should().Be(3);
            run.Error.Should().Contain(why);
        }
    }

    [Fact]
    public async Task A_source_that_does_not_deliver_fails()
    {
        Directory.Delete(_device.Source);

        (await _device.RunAsync("plan")).Should().Be(
            new Run(1, "", $"error: source local ({_device.Source}) does not deliver: the folder {_device.Source} does not exist\n"));
    }

    [Fact]
    public async Task A_path_that_is_not_there_is_invalid() =>
        (await _device.RunAsync("plan", "/nowhere")).Should().Be(new Run(3, "", "error: there is no file or folder /nowhere\n"));

    [Fact]
    public async Task Files_may_be_named_and_what_lies_beside_them_is_left_out()
    {
        _device.Desire("content: one", folder: $"{_device.Source}-other");
        File.WriteAllText($"{_device.Source}-other/beside.yaml", "kind: Nonsense\n");

        (await _device.RunAsync("plan", $"{_device.Source}-other/motd.yaml")).Should().Be(new Run(0, $"~ write {_device.Motd}: it is missing\n1 to add\n", ""));
    }

    [Fact]
    public async Task A_file_may_name_others_of_its_folder()
    {
        _device.Desire("source: text.yaml", folder: $"{_device.Source}-other");
        File.WriteAllText($"{_device.Source}-other/text.yaml", "no: manifest\n");

        (await _device.RunAsync("plan", $"{_device.Source}-other/motd.yaml")).Should().Be(new Run(0, $"~ write {_device.Motd}: it is missing\n1 to add\n", ""));
    }

    [Fact]
    public async Task Standard_input_may_be_named_beside_files()
    {
        _device.Desire("content: one", folder: $"{_device.Source}-other");

        var run = await _device.WithInputAsync(Manifest("second", $"{_device.Motd}-2"), "plan", $"{_device.Source}-other/motd.yaml", "-");

        run.Should().Be(new Run(0, $"~ write {_device.Motd}: it is missing\n~ write {_device.Motd}-2: it is missing\n2 to add\n", ""));
    }

    [Fact]
    public async Task Without_a_configuration_the_device_is_taken_as_it_is()
    {
        var state = _device.Motd + "-state";
        var run = await Edgeop.RunAsync(
            ["plan", "-"], isTerminal: false, variable: name => name == "XDG_STATE_HOME" ? state : null, time: TimeProvider.System, stdin: Manifest("motd", "/etc/edgeop-plan-test"));

        run.ExitCode.Should().Be(0);
        run.Out.Should().Be("~ write /etc/edgeop-plan-test: it is missing\n1 to add\n");
        run.Error.Should().StartWith("warning: there is no configuration (/etc/edgeoperator/agent.yaml): the device is ").And.EndWith($"without labels, and its state is kept in {state}/edgeop\n");
    }

    [Fact]
    public async Task Without_a_configuration_and_a_path_there_is_nothing_to_plan() =>
        (await Edgeop.RunAsync("plan")).Should().Match<Run>(r => r.ExitCode == 3 && r.Error.StartsWith("error: there is no configuration"));

    [Theory]
    [InlineData("till-17", "till-17")]
    [InlineData("Till_17.shop.example.com", "till-17")]
    [InlineData("ÄÖ", "device")]
    [InlineData("", "device")]
    public void The_hosts_name_becomes_the_devices(string host, string device) => DefaultConfiguration.DeviceName(host).Should().Be(device);

    private static string Manifest(string name, string path) =>
        $"apiVersion: edgeoperator.io/v1alpha1\nkind: ConfigFile\nmetadata: {{name: {name}}}\nspec: {{path: {path}, content: x}}\n";
}
