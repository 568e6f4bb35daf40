namespace EdgeOperator.Cli.Tests.Verbs;

public sealed class ExecVerbTests : AgainstAnAgent
{
    [Theory]
    [InlineData("EdgeModule/web", "--", "sh", "-c", "echo $HOME")]
    [InlineData("module", "web", "--", "sh", "-c", "echo $HOME")]
    [InlineData("EdgeModule", "web", "-i", "--", "sh", "-c", "echo $HOME")]
    public async Task A_command_s_output_errors_and_exit_code_are_its_own(params string[] words)
    {
        (await RunAsync(["exec", "--reason", "looking", .. AsBefore(words)])).Should().Be(new Run(42, "", "a problem\n"));

        Agent.Command!.Command.Should().Equal("sh", "-c", "echo $HOME");
        Agent.Calls.Should().ContainSingle().Which.Should().StartWith("exec EdgeModule/web").And.Contain("looking");
    }

    [Fact]
    public async Task Dashes_and_options_behind_the_dashes_are_the_command_s()
    {
        await RunAsync(["exec", .. AsBefore("EdgeModule/web", "--", "run", "--", "-it", "--help")]);

        Agent.Command!.Command.Should().Equal("run", "--", "-it", "--help");
        Agent.Command.HasTerminal.Should().BeFalse();
    }

    [Fact]
    public async Task Input_is_passed_on_to_its_end()
    {
        var run = await Edgeop.RunAsync(["exec", "-i", "--socket", Served.Socket, "EdgeModule/web", "--", "cat"], isTerminal: false, stdin: new string('x', 100_000));

        run.Out.Should().Be(new string('x', 100_000));
        run.ExitCode.Should().Be(42);
    }

    [Theory]
    [InlineData("there is no command", "EdgeModule/web")]
    [InlineData("there is no command", "EdgeModule", "web")]
    [InlineData("there is no command", "EdgeModule/web", "ls")]
    [InlineData("there is no command", "EdgeModule/web", "--")]
    [InlineData("more than one resource", "EdgeModule", "web", "ls", "--", "-l")]
    [InlineData("is no kind", "Edgemoduel/web", "--", "ls")]
    [InlineData("--tty needs a terminal", "-t", "EdgeModule/web", "--", "sh")]
    public async Task What_names_no_command_or_resource_is_refused(string message, params string[] words)
    {
        var run = await RunAsync(["exec", .. AsBefore(words)]);

        run.ExitCode.Should().Be(3);
        run.Error.Should().Contain(message);
        Agent.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task A_module_that_does_not_run_is_a_failure_that_says_so() =>
        (await RunAsync(["exec", .. AsBefore("EdgeModule/sensor", "--", "ls")])).Should().Be(new Run(1, "", "error: EdgeModule/sensor does not run.\n"));

    [Fact]
    public async Task What_a_command_prints_to_a_terminal_without_having_been_given_it_is_escaped()
    {
        var run = await Edgeop.RunAsync(["exec", "-i", "--socket", Served.Socket, "EdgeModule/web", "--", "cat"], isTerminal: true, stdin: "\e[2Jhello");

        run.Out.Should().NotContain("\e").And.Contain("hello");
    }

    // The socket's option would be the command's behind the dashes.
    private string[] AsBefore(params string[] words) => ["--socket", Served.Socket, .. words];

    private static new Task<Run> RunAsync(params string[] arguments) => Edgeop.RunAsync(arguments);
}
