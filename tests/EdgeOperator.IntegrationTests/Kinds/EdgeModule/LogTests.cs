using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.EdgeModule;

[Collection(SharedEngine.Name)]
public class LogTests(EngineFixture fixture)
{
    [Theory]
    [InlineData(false, "out 1\nerr 2\nout 3\n")]
    [InlineData(true, "out 1\r\nerr 2\r\nout 3\r\n")]
    public async Task Output_and_errors_are_one_text(bool terminal, string expected)
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var module = agent.Module("talker", fixture.Sleeper, new()
        {
            ["Tty"] = terminal,
            ["Cmd"] = new JsonArray("/bin/sh", "-c", "echo out 1; sleep 0.1; echo err 2 >&2; sleep 0.1; echo out 3"),
        });
        await agent.RunAsync(module);
        await agent.ExitedAsync(module);

        (await agent.LogAsync(module)).Should().Be(expected);
        (await agent.LogAsync(module, tail: 1)).Should().Be(expected[(expected.Length / 3 * 2)..]);
    }

    [Fact]
    public async Task Following_gives_every_line_as_it_comes_and_ends_with_the_container()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var module = agent.Module("talker", fixture.Sleeper, new()
        {
            ["Cmd"] = new JsonArray("/bin/sh", "-c", "trap 'echo bye; exit 0' TERM; echo hello; while :; do sleep 3600 & wait $!; done"),
        });
        var id = await agent.RunAsync(module);
        using var output = new MemoryStream();

        var copying = agent.Driver.CopyLogsAsync(new("EdgeModule", "talker"), DesiredState.Empty, new(Follow: true, null), output, CancellationToken.None);
        await Eventually.SucceedsAsync(() => Text(output).Should().Be("hello\n"));
        copying.IsCompleted.Should().BeFalse();

        await agent.Engine.StopContainerAsync(id, null, CancellationToken.None);
        await copying.WaitAsync(Eventually.Deadline);
        Text(output).Should().Be("hello\nbye\n");
    }

    [Fact]
    public async Task The_log_of_the_run_before_ends_where_that_run_ended()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var module = agent.Module("talker", fixture.Sleeper, new() { ["Cmd"] = new JsonArray("/bin/sh", "-c", "echo begun; exec sleep 3600") });
        var id = await agent.RunAsync(module);
        await Eventually.SucceedsAsync(async () => (await agent.LogAsync(module)).Should().Be("begun\n"));
        (await agent.Driver.Awaiting(d => d.CopyLogsAsync(module.Id, DesiredState.Empty, new() { Previous = true }, Stream.Null, CancellationToken.None)).Should().ThrowAsync<ControlException>())
            .Which.Message.Should().Contain("no earlier log");

        await agent.Engine.RestartContainerAsync(id, TimeSpan.Zero, CancellationToken.None);
        await Eventually.SucceedsAsync(async () => (await agent.LogAsync(module)).Should().Be("begun\nbegun\n"));

        (await agent.ReadLogAsync(module, new() { Previous = true })).Should().Be("begun\n");
    }

    [Fact]
    public async Task A_log_can_be_read_from_a_time_on_and_with_the_times_of_its_lines()
    {
        await using var agent = new Agent(fixture.Engine.Socket);
        var module = agent.Module("talker", fixture.Sleeper, new() { ["Cmd"] = new JsonArray("/bin/sh", "-c", "echo early; sleep 1.5; echo late") });
        await agent.RunAsync(module);
        await agent.ExitedAsync(module);

        var lines = (await agent.ReadLogAsync(module, new() { Timestamps = true })).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Should().SatisfyRespectively(early => early.Should().EndWith("Z early"), late => late.Should().EndWith("Z late"));
        var late = DateTimeOffset.Parse(lines[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);

        (await agent.ReadLogAsync(module, new() { Since = late.AddMilliseconds(-500) })).Should().Be("late\n");
    }

    [Fact]
    public async Task A_module_without_a_container_has_no_log()
    {
        await using var agent = new Agent(fixture.Engine.Socket);

        var reading = () => agent.Driver.CopyLogsAsync(new("EdgeModule", "nothing"), DesiredState.Empty, new(Follow: false, null), Stream.Null, CancellationToken.None);

        (await reading.Should().ThrowAsync<ControlException>()).Which.Reason.Should().Be("NoLog");
    }

    private static string Text(MemoryStream output) => Encoding.UTF8.GetString(output.ToArray());
}
