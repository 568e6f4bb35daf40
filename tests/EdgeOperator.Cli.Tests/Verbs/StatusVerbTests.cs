using EdgeOperator.Core.State;

namespace EdgeOperator.Cli.Tests.Verbs;

public sealed class StatusVerbTests : AgainstAnAgent
{
    [Fact]
    public async Task Piped_it_is_plain_aligned_and_absolute()
    {
        var run = await RunAsync("status");

        run.Should().Be(new Run(0, """
            Device    pump-7
            Agent     0.1.0, started 2026-07-01T09:00:00Z, last pass 2026-07-01T11:59:55Z
            Source    fleet (git https://git.example.org/fleet.git) at main@1a2b3c4, fetched 2026-07-01T11:58:00Z
            Revision  main@1a2b3c4, last good main@0f0f0f0

            CONDITION    STATUS  REASON       SINCE                 MESSAGE
            Ready        False   Progressing  2026-07-01T11:59:00Z  2 of 3 resources are ready
            Reconciling  True    Pulling      2026-07-01T11:59:00Z  1 image is being pulled

            RESOURCE           READY  STATE                       WHAT                            MESSAGE
            ConfigFile/motd    True   in sync                     /etc/motd                       as desired
            EdgeModule/sensor  True   running                     registry.local:5000/sensor:1.2  running and healthy
            EdgeModule/web     False  pulling 30% (12.3/40.0 MB)  registry.local:5000/web:2       the image is being pulled

            """, ""));
    }

    [Fact]
    public async Task On_a_terminal_times_are_relative_and_pulls_have_a_bar()
    {
        var run = await OnTerminalAsync("status", "--no-color");

        run.Should().Be(new Run(0, """
            Device    pump-7
            Agent     0.1.0, started 3h ago, last pass 5s ago
            Source    fleet (git https://git.example.org/fleet.git) at main@1a2b3c4, fetched 2m ago
            Revision  main@1a2b3c4, last good main@0f0f0f0

            CONDITION    STATUS  REASON       SINCE    MESSAGE
            Ready        False   Progressing  60s ago  2 of 3 resources are ready
            Reconciling  True    Pulling      60s ago  1 image is being pulled

            RESOURCE           READY  STATE                                  WHAT                            MESSAGE
            ConfigFile/motd    True   in sync                                /etc/motd                       as desired
            EdgeModule/sensor  True   running                                registry.local:5000/sensor:1.2  running and healthy
            EdgeModule/web     False  ███░░░░░░░ pulling 30% (12.3/40.0 MB)  registry.local:5000/web:2       the image is being
                                                                                                             pulled

            """, ""));
    }

    [Fact]
    public async Task A_source_says_when_it_is_polled_next()
    {
        Agent.Status = Agent.Status with { Sources = [Agent.Status.Sources[0] with { NextPollAt = Agent.Status.Sources[0].CheckedAt + TimeSpan.FromMinutes(1) }] };

        (await RunAsync("status")).Out.Should().Contain("fetched 2026-07-01T11:58:00Z, next poll 2026-07-01T12:00:45Z");
        (await OnTerminalAsync("status", "--no-color")).Out.Should().Contain("next poll in 45s");
    }

    [Fact]
    public async Task A_held_suspended_device_with_a_lost_source_says_so()
    {
        Agent.Status = Agent.Status with
        {
            HeldAt = "0f0f0f0f",
            Suspended = true,
            Applied = Agent.Status.LastGood,
            Sources = [Agent.Status.Sources[0] with { Ready = new(Condition.Ready, ConditionStatus.False, "Unreachable", "no route to host", default, null) }],
        };

        (await RunAsync("status")).Out.Should().Contain("""
            Source     fleet (git https://git.example.org/fleet.git) Unreachable: no route to host, still at main@1a2b3c4
            Revision   main@0f0f0f0, main@1a2b3c4 is desired
            Held       at 0f0f0f0f by a roll-back, until `edgeop resume` or a commit that changes what the device is made of
            Suspended  yes, until `edgeop resume`
            """);
    }

    [Fact]
    public async Task A_device_before_its_first_revision_has_a_status_too()
    {
        Agent.Status = new() { Device = "new", AgentVersion = "0.1.0", StartedAt = Agent.Status.StartedAt };

        (await RunAsync("status")).Out.Should().Be("""
            Device    new
            Agent     0.1.0, started 2026-07-01T09:00:00Z
            Revision  none yet

            """);
    }

    [Fact]
    public async Task Watched_through_a_pipe_it_is_printed_when_it_changes_until_interrupted()
    {
        using var interrupt = new CancellationTokenSource();
        var output = new WatchedStream();
        var watching = Edgeop.RunAsync(["status", "--watch", "-o", "json", "--socket", Served.Socket], isTerminal: false, stdout: output, cancellation: interrupt.Token);

        await output.HasLinesAsync(1);
        Agent.Status = Agent.Status with { Suspended = true };
        await output.HasLinesAsync(2);
        await interrupt.CancelAsync();

        (await watching).ExitCode.Should().Be(0);
        output.Lines.Select(l => l.Contains("\"suspended\":true", StringComparison.Ordinal)).Should().Equal(false, true);
    }

    [Fact]
    public async Task Watched_on_a_terminal_it_is_drawn_in_place()
    {
        using var interrupt = new CancellationTokenSource();
        var output = new WatchedStream();
        var watching = Edgeop.RunAsync(["status", "-w", "--socket", Served.Socket], isTerminal: true, stdout: output, cancellation: interrupt.Token);

        await output.ContainsAsync("1 image is being pulled");
        Agent.Status = Agent.Status with { Conditions = [Agent.Status.Conditions[0] with { Status = ConditionStatus.True, Message = "all are ready" }] };
        await output.ContainsAsync("all are ready");
        await interrupt.CancelAsync();

        (await watching).ExitCode.Should().Be(0);
        output.Text.Should().MatchRegex("\e\\[[0-9]+A", "the cursor goes up to draw over what was there");
    }
}
