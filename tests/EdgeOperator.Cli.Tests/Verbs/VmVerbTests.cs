using EdgeOperator.Cli.Machines;

namespace EdgeOperator.Cli.Tests.Verbs;

public sealed class VmVerbTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("eo").FullName;
    private readonly string _config;

    public VmVerbTests()
    {
        _config = Path.Combine(_state, "agent.yaml");
        File.WriteAllText(_config, $"stateDirectory: {_state}\n");
        AddMachine("edge", """
            {"name":"edge","sshConfig":"/c","controlSocket":"/s","user":"root","sharedFolders":[{"host":"/srv/data","guest":"/mnt/data","readOnly":false}]}
            """);
    }

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Theory]
    [InlineData("/srv/data/a b/../c", "/mnt/data/c", "-u")]
    [InlineData("/srv/data", "/mnt/data")]
    [InlineData("/mnt/data/x", "/srv/data/x", "-w")]
    [InlineData("/mnt/data/x", "/srv/data/x", "-m")]
    public async Task Paths_are_translated(string path, string expected, params string[] options) =>
        (await Edgeop.RunAsync(["vm", "path", .. options, path, "--config", _config])).Should().Be(new Run(0, expected + "\n", ""));

    [Fact]
    public async Task A_path_that_the_other_side_can_not_see_is_told()
    {
        var run = await Edgeop.RunAsync("vm", "path", "-u", "/srv/data/../x", "--config", _config);

        run.Should().Be(new Run(1, "", "error: /srv/data/../x is in no shared folder of VirtualMachine/edge, so the other side can't see it\n"));
    }

    [Fact]
    public async Task Of_several_machines_one_has_to_be_named()
    {
        AddMachine("other", "{}");

        (await Edgeop.RunAsync("vm", "path", "/x", "--config", _config)).Should().Be(new Run(3, "", "error: which of edge, other? Name one with --vm\n"));
    }

    [Fact]
    public async Task Machines_are_completed_without_the_agent()
    {
        var line = $"edgeop --config {_config} vm exec ";

        (await Edgeop.RunAsync("complete", $"{line.Length}", line)).Out.Split('\n').Should().Contain("edge");
    }

    [Fact]
    public void What_follows_the_name_is_the_programs_own()
    {
        var call = GuestCall.TryRead(["vm", "exec", "--user", "me", "edge", "--cd", "/x", "ls", "--user", "-la", "--", "--help"])!;

        (call.Machine, call.User, call.Directory).Should().Be(("edge", "me", "/x"));
        call.Command.Should().Equal("ls", "--user", "-la", "--", "--help");
        GuestCall.TryRead(["vm", "exec", "edge", "--", "--odd", ""])!.Command.Should().Equal("--odd", "");
        GuestCall.TryRead(["vm", "shell", "edge"])!.Should().Match<GuestCall>(c => c.Command.IsEmpty && !c.KeepsRunning);
        GuestCall.TryRead(["vm", "exec", "--nohup", "edge", "ls", "--nohup"])!.Should().Match<GuestCall>(c => c.KeepsRunning && c.Command.Length == 2);
        GuestCall.TryRead(["--config", "/c", "vm", "exec", "edge", "vm", "exec"])!.Should().BeEquivalentTo(new { Machine = "edge", Config = "/c" });
    }

    [Theory]
    [InlineData("vm", "exec", "edge")]
    [InlineData("vm", "exec", "--help")]
    [InlineData("vm", "exec", "--unknown", "edge", "ls")]
    [InlineData("vm", "exec", "edge", "--user")]
    [InlineData("vm", "shell", "edge", "ls")]
    [InlineData("vm", "path", "/x")]
    [InlineData("--config", "vm", "exec", "edge", "ls")]
    [InlineData("--verbose", "vm", "exec", "edge", "ls")]
    [InlineData("status")]
    public void What_is_not_quite_a_call_is_left_to_the_whole_command_line(params string[] line) => GuestCall.TryRead(line).Should().BeNull();

    [Theory]
    [InlineData("spec:\n  stateDirectory: /srv/x-1\n  api: {}\n", "/srv/x-1/vms")]
    [InlineData("spec: {}\n", "/var/lib/edgeoperator/vms")]
    [InlineData("virtualMachines:\n  sharedRoots: [/srv]\n", "/var/lib/edgeoperator/vms")]
    [InlineData("virtualMachines:\n  directory: /srv/vms\n", null)]
    [InlineData("stateDirectory: \"/srv/x\"\n", null)]
    [InlineData("stateDirectory: /srv/x # here\n", null)]
    [InlineData("spec: {stateDirectory: /srv/x}\n", null)]
    [InlineData("# stateDirectory: /srv/a\nstateDirectory: /srv/x\n", null)]
    public void A_configuration_says_plainly_where_machines_lie_or_is_left_to_its_reader(string text, string? folder)
    {
        var file = Path.Combine(_state, "other.yaml");
        File.WriteAllText(file, text);

        PlainConfiguration.MachinesFolder(file).Should().Be(folder);
    }

    private void AddMachine(string name, string access) =>
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(_state, "vms", name)).FullName, "access.json"), access);
}
