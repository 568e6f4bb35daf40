using EdgeOperator.Agent.Tests.LocalApi;

namespace EdgeOperator.Cli.Tests;

public sealed class ErrorLinesTests
{
    [Fact]
    public async Task Without_an_agent_the_exit_code_is_4_and_the_advice_is_to_start_it()
    {
        var run = await Edgeop.RunAsync("status", "--socket", "/nowhere/edgeop.sock");

        run.Should().Be(new Run(4, "", "error: the agent does not answer on /nowhere/edgeop.sock: there is no such socket: " +
            "start it with `systemctl start edgeop` (or `edgeop agent`), or say where it listens with --socket\n"));
    }

    [Fact]
    public async Task Interrupted_is_failed()
    {
        await using var served = await ServedAgent.StartAsync();

        var run = await Edgeop.RunAsync(["status", "--socket", served.Socket], isTerminal: false, cancellation: new(canceled: true));

        run.Should().Be(new Run(1, "", "error: interrupted\n"));
    }

    [Theory]
    [InlineData(true, null, null, true)]
    [InlineData(true, "1", null, false)]
    [InlineData(true, null, "dumb", false)]
    [InlineData(false, null, null, false)]
    public async Task Errors_are_red_only_where_there_is_colour(bool isTerminal, string? noColor, string? term, bool red)
    {
        var run = await Edgeop.RunAsync(["stauts"], isTerminal, name => name switch { "NO_COLOR" => noColor, "TERM" => term, _ => null });

        run.Error.StartsWith("\e[31merror:\e[0m ", StringComparison.Ordinal).Should().Be(red);
    }
}
