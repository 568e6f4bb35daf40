namespace EdgeOperator.Cli.Tests;

public sealed class UsageErrorsTests
{
    [Theory]
    [InlineData("stauts", "unknown verb \"stauts\": did you mean \"status\"? `edgeop --help` lists the verbs")]
    [InlineData("xyzzy", "unknown verb \"xyzzy\": `edgeop --help` lists the verbs")]
    [InlineData("events --folow", "unknown option \"--folow\": did you mean \"--follow\"? `edgeop events --help` lists the options")]
    [InlineData("events --sokcet=/x", "unknown option \"--sokcet=/x\": did you mean \"--socket\"? `edgeop events --help` lists the options")]
    [InlineData("--bogus", "unknown option \"--bogus\": `edgeop --help` lists the options")]
    [InlineData("history a", "\"a\" is one argument too many: `edgeop history --help` shows how to write it")]
    [InlineData("logs", "KIND/NAME is missing: `edgeop logs --help` shows how to write it")]
    [InlineData("events --limit", "--limit needs a value: `edgeop events --help` shows how to write it")]
    [InlineData("events --limit many", "--limit can't be \"many\": give a whole number")]
    [InlineData("status -o xml", "--output can't be \"xml\": give one of table, wide, json, yaml")]
    [InlineData("suspend web", "\"web\" is no resource: write it as Kind/name, such as EdgeModule/web")]
    public async Task A_wrong_command_line_says_how_to_write_it(string line, string error)
    {
        var run = await Edgeop.RunAsync(line.Split(' '));

        run.Should().Be(new Run(3, "", $"error: {error}\n"));
    }

    [Fact]
    public async Task All_errors_are_told_at_once()
    {
        var run = await Edgeop.RunAsync("events", "--limit", "many", "--folow");

        run.Error.Split('\n').Should().HaveCount(3);
    }

    [Fact]
    public async Task Global_options_stand_anywhere()
    {
        (await Edgeop.RunAsync("-o", "json", "version")).Out.Should().Be((await Edgeop.RunAsync("version", "-o", "json")).Out).And.StartWith("{");
    }

    [Fact]
    public async Task Without_a_verb_the_help_is_shown()
    {
        var bare = await Edgeop.RunAsync();

        bare.Should().Be(await Edgeop.RunAsync("--help"));
        bare.ExitCode.Should().Be(0);
        bare.Out.Should().Contain("edgeop [command] [options]").And.Contain("rollback <REVISION>");
        (await Edgeop.RunAsync("describe", "-h")).Out.Should().Contain("edgeop describe <KIND> [<NAME>] [options]");
    }
}
