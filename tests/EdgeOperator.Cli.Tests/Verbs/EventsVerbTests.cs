using EdgeOperator.Agent.Tests.LocalApi;

namespace EdgeOperator.Cli.Tests.Verbs;

public sealed class EventsVerbTests : AgainstAnAgent
{
    [Fact]
    public async Task Events_are_listed_oldest_first_with_their_count()
    {
        (await RunAsync("events")).Should().Be(new Run(0, """
            TIME                  LEVEL    RESOURCE           REASON      MESSAGE
            2026-07-01T11:59:30Z  Normal   EdgeModule/sensor  Created     container created
            2026-07-01T11:59:40Z  Warning  EdgeModule/web     PullFailed  registry.local:5000 refused the connection (×3)
            2026-07-01T11:59:50Z  Normal   -                  Committed   main@1a2b3c4 is healthy

            """, ""));
    }

    [Fact]
    public async Task They_can_be_limited_and_be_of_one_resource()
    {
        (await RunAsync("events", "--limit", "1")).Out.Should().Contain("Committed").And.NotContain("PullFailed");
        (await RunAsync("events", "--resource", "EdgeModule/web")).Out.Should().Contain("PullFailed").And.NotContain("Committed");
    }

    [Fact]
    public async Task Followed_they_come_a_line_each_until_interrupted()
    {
        using var interrupt = new CancellationTokenSource();
        var output = new WatchedStream();
        var following = Edgeop.RunAsync(["events", "-f", "--limit", "1", "--socket", Served.Socket], isTerminal: false, stdout: output, cancellation: interrupt.Token);

        await output.HasLinesAsync(1);
        Agent.Happens(Agent.Log[1] with { Id = 4, Message = "a message\nwith a line end", Count = 1 });
        await output.HasLinesAsync(2);
        await interrupt.CancelAsync();

        (await following).ExitCode.Should().Be(0);
        output.Text.Should().Be("""
            2026-07-01T11:59:50Z  Normal   device  Committed: main@1a2b3c4 is healthy
            2026-07-01T11:59:40Z  Warning  EdgeModule/web  PullFailed: a message with a line end

            """);
    }

    [Fact]
    public async Task Followed_as_JSON_they_are_one_object_a_line()
    {
        using var interrupt = new CancellationTokenSource();
        var output = new WatchedStream();
        var following = Edgeop.RunAsync(["events", "-f", "-o", "json", "--socket", Served.Socket], isTerminal: false, stdout: output, cancellation: interrupt.Token);

        await output.HasLinesAsync(3);
        await interrupt.CancelAsync();
        await following;

        output.Lines.Should().AllSatisfy(l => l.Should().StartWith("{\"id\":").And.EndWith("}"));
    }

    [Fact]
    public async Task Following_ends_when_the_agent_stops()
    {
        var output = new WatchedStream();
        var served = await ServedAgent.StartAsync();
        var following = Edgeop.RunAsync(["events", "-f", "--socket", served.Socket], isTerminal: false, stdout: output);

        await output.HasLinesAsync(3);
        await served.DisposeAsync();

        (await following).ExitCode.Should().Be(0);
    }
}
