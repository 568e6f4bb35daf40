using System.Collections.Concurrent;
using System.Collections.Immutable;
using EdgeOperator.Agent.Drivers;
using EdgeOperator.Agent.Execution;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using static EdgeOperator.Agent.Tests.Execution.TestSteps;

namespace EdgeOperator.Agent.Tests.Execution;

public sealed class PlanExecutorTests
{
    private static readonly StepOutcome Good = new StepOutcome.Succeeded();
    private static readonly StepOutcome Bad = new StepOutcome.Retry("Test", "failed");

    [Fact]
    public async Task A_step_runs_after_those_that_it_requires()
    {
        var results = await RunAsync(Plan(Step("c", ["b"]), Step("b", ["a"]), Step("a")), _ => Good);

        Names(results).Should().Equal("a", "b", "c");
    }

    [Fact]
    public async Task What_requires_a_step_that_did_not_succeed_is_skipped_down_the_chain_and_says_why()
    {
        var results = await RunAsync(Plan(Step("a"), Step("b", ["a"]), Step("c", ["b"]), Step("other")), n => n == "a" ? Bad : Good);

        Outcome(results, "b").Should().Be(new StepOutcome.Skipped("create network a"));
        Outcome(results, "c").Should().Be(new StepOutcome.Skipped("create network a"));
        Outcome(results, "other").Should().Be(Good);
    }

    [Fact]
    public async Task Pending_holds_back_what_requires_it_too()
    {
        var results = await RunAsync(Plan(Step("a"), Step("b", ["a"])), _ => new StepOutcome.Pending("pulling"));

        Outcome(results, "b").Should().BeOfType<StepOutcome.Skipped>();
    }

    [Fact]
    public async Task What_only_comes_after_a_step_runs_however_that_ended()
    {
        var results = await RunAsync(
            Plan(Step("a"), Step("b", ["a"]), Step("c", after: ["a"]), Step("d", after: ["b"])), n => n == "a" ? Bad : Good);

        Names(results).Should().ContainInOrder("a", "c");
        Outcome(results, "c").Should().Be(Good);
        Outcome(results, "d").Should().Be(Good);
    }

    [Fact]
    public async Task A_pending_step_has_not_ended_nor_has_what_waits_for_it()
    {
        var results = await RunAsync(
            Plan(Step("a"), Step("b", after: ["a"]), Step("c", after: ["b"])), _ => new StepOutcome.Pending("stopping"));

        Outcome(results, "b").Should().Be(new StepOutcome.Skipped("create network a"));
        Outcome(results, "c").Should().Be(new StepOutcome.Skipped("create network a"));
    }

    [Fact]
    public async Task A_milestone_is_reached_when_what_it_waits_for_allows_it()
    {
        var plan = Plan(
            Step("a"),
            new Milestone(Module("rev"), "test", "one") { Requires = ["create network a"] },
            Step("b") with { Requires = ["milestone one"] });

        Outcome(await RunAsync(plan, _ => Good), "b").Should().Be(Good);
        Outcome(await RunAsync(plan, _ => Bad), "b").Should().Be(new StepOutcome.Skipped("create network a"));
    }

    [Fact]
    public async Task A_pull_that_is_not_due_is_pending()
    {
        var pull = new PullImage(Module("a"), "test", "busybox", Optional: false) { NotBefore = DateTimeOffset.MaxValue };

        var results = await RunAsync(Plan(pull), _ => Bad);

        results.Should().ContainSingle().Which.Outcome.Should().BeOfType<StepOutcome.Pending>();
    }

    [Fact]
    public async Task An_exception_from_a_driver_is_tried_again()
    {
        var results = await RunAsync(Plan(Step("a")), _ => throw new InvalidOperationException("broken"));

        Outcome(results, "a").Should().Be(new StepOutcome.Retry("DriverFailed", "broken"));
    }

    [Fact]
    public async Task A_step_that_no_driver_takes_can_not_succeed()
    {
        var results = await RunAsync(Plan(new RemoveImage(Module("a"), "test", "sha256:1")), _ => Good);

        results.Should().ContainSingle().Which.Outcome.Should().BeOfType<StepOutcome.Terminal>();
    }

    [Fact]
    public async Task A_gate_is_answered_by_the_callback()
    {
        var results = await RunAsync(Plan(new AwaitReady(Module("a"), "test")), _ => Good, ready: new StepOutcome.Pending("starting"));

        results.Should().ContainSingle().Which.Outcome.Should().Be(new StepOutcome.Pending("starting"));
    }

    [Fact]
    public async Task Independent_steps_run_together_but_never_more_than_allowed()
    {
        var running = 0;
        var most = 0;
        var full = new TaskCompletionSource();
        await RunAsync(
            Plan([.. Enumerable.Range(0, 12).Select(i => Step($"s{i}"))]),
            async (_, cancellation) =>
            {
                var now = Interlocked.Increment(ref running);
                lock (full)
                {
                    most = Math.Max(most, now);
                }

                if (now == 3)
                {
                    full.TrySetResult();
                }

                await full.Task.WaitAsync(TimeSpan.FromSeconds(20), cancellation);
                Interlocked.Decrement(ref running);
                return Good;
            },
            parallelism: 3);

        most.Should().Be(3);
    }

    [Fact]
    public async Task Cancellation_begins_nothing_more_and_returns_what_is_known()
    {
        using var cancel = new CancellationTokenSource();
        var begun = new ConcurrentBag<string>();

        var results = await RunAsync(
            Plan(Step("a"), Step("b", ["a"]), Step("c", ["b"])),
            async (name, cancellation) =>
            {
                begun.Add(name);
                if (name == "b")
                {
                    await cancel.CancelAsync();
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
                }

                return Good;
            },
            cancellation: cancel.Token);

        Names(results).Should().Equal("a");
        begun.Should().BeEquivalentTo("a", "b");
    }

    [Fact]
    public void Any_graph_ends_with_every_step_in_an_order_that_respects_it() =>
        Prop.ForAll<(byte From, byte To, bool Hard)[], byte[]>((edges, failing) =>
        {
            // Edges lead from lower to higher numbers, so there is no cycle.
            var steps = Enumerable.Range(0, 16).Select(i => Step(
                $"{i}",
                [.. edges.Where(e => e.Hard && e.To % 16 == i && e.From % 16 < i).Select(e => $"{e.From % 16}")],
                [.. edges.Where(e => !e.Hard && e.To % 16 == i && e.From % 16 < i).Select(e => $"{e.From % 16}")])).ToArray();

            var results = RunAsync(Plan([.. steps.Reverse()]), n => failing.Contains(byte.Parse(n)) ? Bad : Good).GetAwaiter().GetResult();

            var order = results.Select((r, i) => (r.Step.Id, i)).ToDictionary(r => r.Id, r => r.i);
            return results.Length == 16 && results.All(r =>
                r.Step.Requires.Concat(r.Step.After).All(id => order[id] < order[r.Step.Id])
                && r.Outcome is StepOutcome.Skipped == r.Step.Requires.Any(id => results[order[id]].Outcome is not StepOutcome.Succeeded));
        }).QuickCheckThrowOnFailure();

    private static Task<ImmutableArray<StepResult>> RunAsync(Plan plan, Func<string, StepOutcome> execute, StepOutcome? ready = null) =>
        RunAsync(plan, (name, _) => Task.FromResult(execute(name)), ready: ready);

    private static Task<ImmutableArray<StepResult>> RunAsync(
        Plan plan,
        Func<string, CancellationToken, Task<StepOutcome>> execute,
        int parallelism = 4,
        StepOutcome? ready = null,
        CancellationToken cancellation = default) =>
        new PlanExecutor(
            [new TestDriver(execute)],
            (_, _, _) => Task.FromResult(ready ?? Good),
            parallelism,
            TimeProvider.System,
            fault: null,
            NullLogger<PlanExecutor>.Instance).RunAsync(plan, DeviceState.Empty, cancellation);

    private static IEnumerable<string> Names(ImmutableArray<StepResult> results) => results.Select(r => r.Step.Resource.Name);

    private static StepOutcome Outcome(ImmutableArray<StepResult> results, string name) =>
        results.Single(r => r.Step.Resource.Name == name).Outcome;
}
