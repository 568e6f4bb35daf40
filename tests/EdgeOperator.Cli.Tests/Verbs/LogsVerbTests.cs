using EdgeOperator.Core.Protocol;

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
    public async Task As_JSON_or_YAML_each_line_is_a_document()
    {
        (await RunAsync("logs", "EdgeModule/web", "-o", "json")).Out.Should().Be("{\"line\":\"line one\"}\n{\"line\":\"line two\"}\n");
        (await RunAsync("logs", "EdgeModule/web", "-t", "-o", "json")).Out.Should().Be("{\"time\":\"line\",\"line\":\"one\"}\n{\"time\":\"line\",\"line\":\"two\"}\n");
        (await RunAsync("logs", "EdgeModule/web", "-o", "yaml")).Out.Should().Be("---\nline: line one\n---\nline: line two\n");
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

    [Theory]
    [InlineData("EdgeModule/web")]
    [InlineData("EdgeModule", "web")]
    [InlineData("edgemodules", "web")]
    [InlineData("module/web")]
    [InlineData("em", "web")]
    public async Task A_resource_may_be_written_as_one_word_or_two_and_its_kind_in_short(params string[] resource) =>
        (await RunAsync(["logs", .. resource])).Should().Be(new Run(0, "line one\nline two\n", ""));

    [Fact]
    public async Task The_log_of_the_run_before_and_a_part_of_it_can_be_asked_for()
    {
        (await RunAsync("logs", "EdgeModule/web", "--previous", "-t", "--since", "2026-11-29T08:00:00Z")).ExitCode.Should().Be(0);

        Agent.LogAskedFor.Should().Be(new LogOptions { Previous = true, Timestamps = true, Since = new(2026, 11, 29, 8, 0, 0, TimeSpan.Zero) });
    }

    [Theory]
    [InlineData("--since can't be \"soon\"", "--since", "soon")]
    [InlineData("exclude each other", "--previous", "-f")]
    public async Task What_can_not_be_asked_for_is_invalid(string why, params string[] options)
    {
        var run = await RunAsync(["logs", "EdgeModule/web", .. options]);

        run.ExitCode.Should().Be(3);
        run.Error.Should().Contain(why);
    }

    [Fact]
    public async Task A_resource_without_a_log_fails()
    {
        (await RunAsync("logs", "ConfigFile/motd")).Should().Be(new Run(1, "", "error: ConfigFile/motd has no log: only modules have.\n"));
    }
}
