namespace EdgeOperator.Cli.Tests.Completion;

public sealed class CompleteVerbTests : AgainstAnAgent
{
    [Theory]
    [InlineData("edgeop st", "status")]
    [InlineData("edgeop status --w", "--watch")]
    [InlineData("edgeop events --resource ConfigFile", "ConfigFile/motd")]
    [InlineData("edgeop status -o j", "json")]
    [InlineData("edgeop get ", "EdgeModule ConfigFile FunctionApp VirtualMachine SystemUpdate Secret")]
    [InlineData("edgeop get edge", "EdgeModule")]
    [InlineData("edgeop get EdgeModule ", "sensor web")]
    [InlineData("edgeop get EdgeModule w", "web")]
    [InlineData("edgeop get EdgeModule web ", "")]
    [InlineData("edgeop describe ConfigFile ", "motd")]
    [InlineData("edgeop logs EdgeModule/s", "EdgeModule/sensor")]
    [InlineData("edgeop suspend ", "ConfigFile/motd EdgeModule/sensor EdgeModule/web")]
    [InlineData("edgeop suspend EdgeModule/web ", "")]
    [InlineData("edgeop rollback ", "0f0f0f0f")]
    [InlineData("edgeop schema A", "AgentConfiguration")]
    [InlineData("edgeop completion ", "bash zsh fish pwsh")]
    [InlineData("edgeop plan ", ":files")]
    [InlineData("edgeop validate a ", ":files")]
    [InlineData("edgeop --config ", ":files")]
    [InlineData("edgeop plan --det", "--detailed-exitcode")]
    [InlineData("edgeop compl", "completion")]
    public async Task Words_are_offered_for_where_the_cursor_is(string line, string offers)
    {
        var start = $"edgeop --socket {Served.Socket} ";
        var asked = line.Replace("edgeop ", start, StringComparison.Ordinal);

        var run = await Edgeop.RunAsync("complete", $"{asked.Length}", asked);

        run.Error.Should().BeEmpty();
        run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().BeEquivalentTo(offers.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task What_follows_the_cursor_does_not_matter()
    {
        (await Edgeop.RunAsync("complete", "9", "edgeop st --watch")).Out.Should().Be("status\n");
    }

    [Fact]
    public async Task Without_an_agent_nothing_is_offered_and_nothing_is_said()
    {
        const string Line = "edgeop --socket /nowhere logs ";

        (await Edgeop.RunAsync("complete", $"{Line.Length}", Line)).Should().Be(new Run(0, "", ""));
    }
}
