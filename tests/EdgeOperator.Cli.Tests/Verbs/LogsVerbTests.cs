namespace EdgeOperator.Cli.Tests.Verbs;

public sealed class LogsVerbTests : AgainstAnAgent
{
    [Fact]
    public async Task A_log_is_copied_as_it_is()
    {
        (await RunAsync("logs", "EdgeModule/web")).Should().Be(new Run(0, "line one\nline two\n", ""));
        (await RunAsync("logs", "EdgeModule/web", "--tail", "1")).Out.Should().Be("line two\n");
    }

    [Fact]
    public async Task A_followed_log_goes_on_until_interrupted()
    {
        using var interrupt = new CancellationTokenSource();
        var output = new WatchedStream();
        var following = Edgeop.RunAsync(["logs", "EdgeModule/web", "-f", "--socket", Served.Socket], isTerminal: false, stdout: output, cancellation: interrupt.Token);

        await output.HasLinesAsync(2);
        await interrupt.CancelAsync();

        (await following).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task A_resource_without_a_log_fails()
    {
        (await RunAsync("logs", "ConfigFile/motd")).Should().Be(new Run(1, "", "error: ConfigFile/motd has no log: only modules have.\n"));
    }
}
