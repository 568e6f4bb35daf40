using EdgeOperator.Core.State;

namespace EdgeOperator.Cli.Tests.Verbs;

public sealed class SteeringVerbTests : AgainstAnAgent
{
    [Fact]
    public async Task Reconcile_runs_a_pass_and_says_how_the_device_is()
    {
        (await RunAsync("reconcile")).Should().Be(new Run(0, "Under way to main@1a2b3c4: 2 of 3 resources are ready\n", ""));
        Agent.Calls.Should().Equal("reconcile");
    }

    [Fact]
    public async Task Reconcile_accepts_a_rewind_when_it_is_told_to()
    {
        await RunAsync("reconcile", "--allow-rewind");
        Agent.Calls.Should().Equal("allow rewind", "reconcile");
    }

    [Fact]
    public async Task Reconcile_fails_when_a_source_did_and_says_which_and_why()
    {
        Agent.Status = Agent.Status with
        {
            Sources = [.. Agent.Status.Sources.Select(s => s with { Ready = s.Ready with { Status = ConditionStatus.False, Reason = "Unreachable", Message = "no route to host" } })],
        };

        var run = await RunAsync("reconcile");

        run.ExitCode.Should().Be(1);
        run.Out.Should().BeEmpty();
        run.Error.Should().Contain("source fleet (https://git.example.org/fleet.git) does not deliver: no route to host");
    }

    [Fact]
    public async Task Restart_restarts_a_module_and_says_when_there_was_nothing_to_restart()
    {
        (await RunAsync("restart", "module", "web", "--reason", "stuck")).Should().Be(new Run(0, "Restarted EdgeModule/web.\n", ""));
        Agent.Calls.Should().ContainSingle().Which.Should().StartWith("restart EdgeModule/web").And.Contain("stuck");
        (await RunAsync("restart", "EdgeModule/sensor")).Out.Should().Be("it does not run, so it is not restarted.\n");
    }

    [Fact]
    public async Task A_machine_is_stopped_and_started_with_a_reason()
    {
        await RunAsync("vm", "stop", "edge", "--reason", "moving");
        await RunAsync("vm", "start", "edge");

        Agent.Calls.Should().HaveCount(2);
        Agent.Calls[0].Should().StartWith("stop VirtualMachine/edge").And.Contain("moving");
        Agent.Calls[1].Should().StartWith("start VirtualMachine/edge");
    }

    [Fact]
    public async Task Snapshots_of_a_machine_are_listed_made_restored_and_deleted()
    {
        (await RunAsync("vm", "snapshot", "list", "edge")).Out.Should().Contain("before-party").And.Contain("auto-before-b20000000000").And.Contain("agent, before an image");
        (await RunAsync("vm", "snapshot", "list", "edge", "-o", "json")).Out.Should().Contain("\"name\": \"before-party\"");
        (await RunAsync("vm", "snapshot", "create", "edge", "mine", "--reason", "party")).Out.Should().Be("The snapshot mine of VirtualMachine/edge is created.\n");
        (await RunAsync("vm", "snapshot", "restore", "edge", "mine")).Out.Should().StartWith("The snapshot mine of VirtualMachine/edge is restored.");
        await RunAsync("vm", "snapshot", "delete", "edge", "mine");

        Agent.Calls.Select(call => call.Split(" of ")[0]).Should().Equal("create snapshot mine", "restore snapshot mine", "delete snapshot mine");
        Agent.Calls[0].Should().Contain("party");
    }

    [Theory]
    [InlineData("\"suspended\": \"EdgeModule/web\"", "suspend", "EdgeModule/web")]
    [InlineData("\"resumed\": \"device\"", "resume")]
    [InlineData("\"restarted\": true", "restart", "EdgeModule/web")]
    [InlineData("\"heldAt\": ", "rollback")]
    public async Task What_was_done_can_be_had_as_a_document(string part, params string[] line) =>
        (await RunAsync([.. line, "-o", "json"])).Out.Should().StartWith("{").And.Contain(part);

    [Fact]
    public async Task Suspend_and_resume_take_one_resource_or_the_device()
    {
        (await RunAsync("suspend", "edgemodule/web")).Out.Should().Be("Suspended EdgeModule/web: `edgeop resume EdgeModule/web` ends it.\n");
        (await RunAsync("resume", "EdgeModule/web")).Out.Should().Be("Resumed EdgeModule/web.\n");
        (await RunAsync("suspend")).Out.Should().Be("Suspended the device: `edgeop resume` ends it.\n");
        (await RunAsync("resume")).Out.Should().Be("Resumed the device.\n");

        Agent.Calls.Should().Equal("suspend EdgeModule/web", "resume EdgeModule/web", "suspend ", "resume ");
    }

    [Fact]
    public async Task Rollback_names_the_revision_that_is_held()
    {
        (await RunAsync("rollback", "0f0f")).Should().Be(new Run(
            0, "Rolling back to 0f0f0f0f: it holds until `edgeop resume`, or until a commit changes what the device is made of; `edgeop status` shows how it goes.\n", ""));
    }

    [Fact]
    public async Task What_the_agent_refuses_fails()
    {
        (await RunAsync("rollback", "beef")).Should().Be(new Run(1, "", "error: no revision beef is kept: `edgeop history` lists them.\n"));
        (await RunAsync("suspend", "EdgeModule/nobody")).ExitCode.Should().Be(1);
    }
}
