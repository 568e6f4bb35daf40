using System.Diagnostics;
using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Tests.Verbs;

public sealed class ValidateVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeop-validate-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_folder_in_order_is_counted()
    {
        Write("a/motd.yaml", ConfigFile("motd", "source: ../files/motd.json"));
        Write("files/motd.json", "{}");
        Write("b/hosts.yml", ConfigFile("hosts", "content: x"));
        Write("README.md", "# not a manifest");

        (await Edgeop.RunAsync("validate", _folder)).Should().Be(new Run(0, "2 files, 2 resources, 0 problems\n", ""));
    }

    [Fact]
    public async Task Variables_that_a_device_must_have_are_named()
    {
        Write("a.yaml", ConfigFile("motd", "content: ${vars.site} ${vars.other:-none} ${device.name}"));
        Write("b.yaml", ConfigFile("hosts", "content: ${vars.site} ${vars.area}"));

        (await Edgeop.RunAsync("validate", _folder)).Out.Should().StartWith("variables that a device must have a value for: vars.area, vars.site\n2 files");
        JsonNode.Parse((await Edgeop.RunAsync("validate", _folder, "-o", "json")).Out)!["variables"]!.AsArray().Should().HaveCount(2);
    }

    [Fact]
    public async Task Every_problem_is_told_by_position_and_the_exit_code_is_3()
    {
        Write("b.yaml", ConfigFile("b", "contnet: x"));
        Write("a.yaml", "kind: EdgeModul\n");
        Write("c.yaml", ConfigFile("c", "content: fine"));

        var run = await Edgeop.RunAsync("validate", _folder);

        run.ExitCode.Should().Be(3);
        run.Out.Should().MatchRegex("^3 files, 1 resource, [2-9] problems\n$");
        var lines = run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Should().AllSatisfy(l => l.Should().StartWith("error: "));
        lines.Should().Contain(l => l.Contains($"({_folder}/b.yaml:7:3): did you mean `content`?", StringComparison.Ordinal));
        lines.Select(l => l[l.IndexOf('(', StringComparison.Ordinal)..]).Should().BeInAscendingOrder(StringComparer.Ordinal);
    }

    [Fact]
    public async Task One_file_is_read_amidst_its_repository_and_only_its_problems_count()
    {
        Directory.CreateDirectory(Path.Combine(_folder, ".git"));
        Write("modules/motd.yaml", ConfigFile("motd", "source: /files/motd"));
        Write("files/motd", "hello");
        Write("modules/broken.yaml", "kind: EdgeModul\n");

        (await Edgeop.RunAsync("validate", Path.Combine(_folder, "modules/motd.yaml"))).Should().Be(new Run(0, "1 file, 1 resource, 0 problems\n", ""));
    }

    [Theory]
    [InlineData("notes.md", "# nothing\n")]
    [InlineData("empty.yaml", "")]
    public async Task A_file_that_is_named_and_no_manifest_is_a_problem(string name, string content)
    {
        Write(name, content);

        var run = await Edgeop.RunAsync("validate", Path.Combine(_folder, name));

        run.ExitCode.Should().Be(3);
        run.Error.Should().Contain($"({_folder}/{name}").And.Contain("manifest");
    }

    [Fact]
    public async Task Standard_input_is_checked_too()
    {
        (await Edgeop.RunAsync(["validate", "-"], isTerminal: false, stdin: ConfigFile("motd", "content: x"))).Should().Be(new Run(0, "1 file, 1 resource, 0 problems\n", ""));

        (await Edgeop.RunAsync(["validate", "-"], isTerminal: false, stdin: "{\"kind\": }")).Should().Match<Run>(r => r.ExitCode == 3 && r.Error.Contains("(-:1:10)"));
    }

    [Fact]
    public async Task A_pipe_is_read_as_standard_input_is()
    {
        // As the shell's <(command) is.
        var pipe = Path.Combine(_folder, "pipe");
        Process.Start("mkfifo", [pipe]).WaitForExit();
        var writing = Task.Run(() => File.WriteAllText(pipe, ConfigFile("motd", "content: x")));

        (await Edgeop.RunAsync("validate", pipe)).Should().Be(new Run(0, "1 file, 1 resource, 0 problems\n", ""));
        await writing;
    }

    [Theory]
    [InlineData("validate")]
    [InlineData("plan")]
    [InlineData("apply")]
    public async Task An_interrupt_ends_the_wait_for_a_pipe_that_nobody_writes_to(string verb)
    {
        var pipe = Path.Combine(_folder, "pipe");
        Process.Start("mkfifo", [pipe]).WaitForExit();
        using var interrupt = new CancellationTokenSource();
        var run = Edgeop.RunAsync([verb, pipe], isTerminal: false, cancellation: interrupt.Token);

        await interrupt.CancelAsync();

        (await run.WaitAsync(TimeSpan.FromMinutes(2))).Error.Should().EndWith("error: interrupted\n");
    }

    [Fact]
    public async Task A_dependency_may_be_in_another_path_of_the_same_line()
    {
        Write("base/hosts.yaml", ConfigFile("hosts", "content: x"));
        Write("site/motd.yaml", ConfigFile("motd", "content: x\n  dependsOn: [ConfigFile/hosts]"));
        var (hosts, motd) = (Path.Combine(_folder, "base"), Path.Combine(_folder, "site"));

        var alone = await Edgeop.RunAsync("validate", motd);
        alone.ExitCode.Should().Be(3);
        alone.Error.Should().Contain("ConfigFile/motd depends on ConfigFile/hosts, which is not among these manifests").And.Contain($"({motd}/motd.yaml:8:15)");

        (await Edgeop.RunAsync("validate", hosts, motd)).Should().Be(new Run(0, "2 files, 2 resources, 0 problems\n", ""));
    }

    [Fact]
    public async Task The_agents_own_file_is_checked_too()
    {
        Write("agent.yaml", """
            apiVersion: edgeoperator.io/v1alpha1
            kind: AgentConfiguration
            metadata: {name: agent}
            spec:
              device: {name: pump-7}
              sorces: []
            """);

        var run = await Edgeop.RunAsync("validate", Path.Combine(_folder, "agent.yaml"));

        run.ExitCode.Should().Be(3);
        run.Error.Should().Contain($"({_folder}/agent.yaml:6:3): did you mean `sources`?");
    }

    [Fact]
    public async Task A_path_that_is_not_there_is_a_problem()
    {
        var run = await Edgeop.RunAsync("validate", "/nowhere");

        run.Should().Be(new Run(3, "0 files, 0 resources, 1 problem\n",
            "error: it can't be read: the folder /nowhere does not exist (/nowhere): name a file or folder that exists and that you may read\n"));
    }

    [Fact]
    public async Task JSON_names_file_line_and_column()
    {
        Write("b.yaml", ConfigFile("b", "contnet: x"));

        var run = await Edgeop.RunAsync("validate", _folder, "-o", "json");

        var problem = JsonNode.Parse(run.Out)!["problems"]![0]!;
        problem["file"]!.GetValue<string>().Should().Be($"{_folder}/b.yaml");
        problem["line"]!.GetValue<int>().Should().BePositive();
        run.ExitCode.Should().Be(3);
        run.Error.Should().BeEmpty();
    }

    private static string ConfigFile(string name, string content) => $$"""
        apiVersion: edgeoperator.io/v1alpha1
        kind: ConfigFile
        metadata:
          name: {{name}}
        spec:
          path: /etc/{{name}}
          {{content}}
        """;

    private void Write(string path, string content)
    {
        var file = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }
}
