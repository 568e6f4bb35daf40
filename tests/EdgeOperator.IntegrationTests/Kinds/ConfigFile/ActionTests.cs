using System.Diagnostics;
using EdgeOperator.Agent.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Planning;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.ConfigFile;

public sealed class ActionTests : FileFixture
{
    [Fact]
    public async Task A_command_is_run_without_a_shell()
    {
        var outcome = await ActAsync("touch", At("a; b $HOME"));

        outcome.Should().BeOfType<StepOutcome.Succeeded>();
        File.Exists(At("a; b $HOME")).Should().BeTrue();
    }

    [Fact]
    public async Task A_command_that_fails_is_quoted_with_the_end_of_what_it_printed_and_stays_pending()
    {
        var outcome = await ActAsync("sh", "-c", "seq 10000; echo on stderr >&2; exit 3");

        outcome.Should().BeOfType<StepOutcome.Retry>().Which.Message.Should()
            .StartWith("run sh -c").And.Contain("it ended with 3: ").And.Contain("on stderr").And.Contain("9999").And.NotContain("\n1000\n");
        (await ObserveAsync(WithCommand("sh"))).ActionPending.Should().BeTrue();
    }

    [Fact]
    public async Task A_command_that_does_not_exist_says_so()
    {
        var outcome = await ActAsync("/no/such/program");

        outcome.Should().BeOfType<StepOutcome.Retry>().Which.Message.Should().Contain("/no/such/program can't be started");
    }

    [Fact]
    public async Task A_command_that_does_not_end_is_stopped_with_its_children()
    {
        var pid = At("pid");

        var failure = await ActionProcess.RunAsync(
            "sh", ["-c", $"sleep 600 & echo $! > {pid}; wait"], TimeSpan.FromSeconds(1), TimeProvider.System, CancellationToken.None);

        failure.Should().StartWith("it was stopped, since it did not end within 1 s");
        var child = int.Parse(await File.ReadAllTextAsync(pid));
        await Eventually.TrueAsync("the child is gone", () => !IsRunning(child));
    }

    [Fact]
    public async Task A_command_that_leaves_a_child_behind_is_not_waited_for()
    {
        var outcome = await ActAsync("sh", "-c", $"sleep 30 & echo $! > {At("pid")}; exit 0");

        outcome.Should().BeOfType<StepOutcome.Succeeded>();
        using var child = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(At("pid"))));
        child.Kill();
    }

    [Fact]
    public async Task A_cancelled_action_stops_the_command()
    {
        using var cancel = new CancellationTokenSource();
        var running = ActionProcess.RunAsync(
            "sh", ["-c", $"echo $$ > {At("pid")}; exec sleep 600"], TimeSpan.FromSeconds(60), TimeProvider.System, cancel.Token);
        await Eventually.TrueAsync("the command runs", () => File.Exists(At("pid")) && new FileInfo(At("pid")).Length > 0);

        await cancel.CancelAsync();

        await running.Invoking(r => r).Should().ThrowAsync<OperationCanceledException>();
        var pid = int.Parse(await File.ReadAllTextAsync(At("pid")));
        await Eventually.TrueAsync("the command is gone", () => !IsRunning(pid));
    }

    [Fact]
    public async Task A_command_gets_no_input()
    {
        (await ActAsync("cat")).Should().BeOfType<StepOutcome.Succeeded>();
    }

    [Fact]
    public async Task A_unit_that_can_not_be_told_is_tried_again_and_named()
    {
        var file = ConfigFile(At("f"));
        file = file with { File = file.File with { OnChange = new FileAction.ReloadUnit("edgeop-no-such-unit.service") } };
        await WrittenAsync(file);

        var outcome = await ActAsync(file);

        outcome.Should().BeOfType<StepOutcome.Retry>().Which.Message.Should().StartWith("reload unit edgeop-no-such-unit.service: ");
    }

    [Fact]
    public async Task An_unchanged_file_asks_for_no_action()
    {
        var file = WithCommand("true");
        await WrittenAsync(file);
        await ActAsync(file);

        await WrittenAsync(file);

        (await ObserveAsync(file)).ActionPending.Should().BeFalse();
    }

    private static bool IsRunning(int pid) =>
        File.Exists($"/proc/{pid}/stat") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ");

    private ConfigFileResource WithCommand(params string[] command)
    {
        var file = ConfigFile(At("f"));
        return file with { File = file.File with { OnChange = new FileAction.Run([.. command]) } };
    }

    private async Task<StepOutcome> ActAsync(params string[] command)
    {
        await WrittenAsync(WithCommand(command));
        return await ActAsync(WithCommand(command));
    }
}
