using System.Collections.Immutable;
using System.Text;
using EdgeOperator.Agent.Execution;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using FsCheck;
using FsCheck.Fluent;
using static EdgeOperator.Agent.Tests.Execution.TestSteps;

namespace EdgeOperator.Agent.Tests.Execution;

public sealed class BackOffPolicyTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;
    private static readonly StepOutcome Good = new StepOutcome.Succeeded();
    private static readonly StepOutcome Bad = new StepOutcome.Retry("PullFailed", "no route");

    private readonly BackOffPolicy _policy = new(new Random(1));
    private ImmutableDictionary<ResourceId, BackOff> _entries = ImmutableDictionary<ResourceId, BackOff>.Empty;

    [Fact]
    public void Delays_double_from_ten_seconds_to_three_hundred_give_or_take_a_fifth() =>
        Prop.ForAll(Gen.Choose(1, 1000).ToArbitrary(), failures =>
            _policy.Delay(failures).TotalSeconds / Math.Min(300, 10 * Math.Pow(2, failures - 1)) is >= 0.8 and <= 1.2)
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Failures_in_a_row_are_counted_and_delayed()
    {
        Pass(Bad);
        Pass(Bad);

        Entry.Should().Match<BackOff>(b => b.Failures == 2 && b.Reason == "PullFailed" && b.Message == "no route" && !b.Terminal);
        (Entry!.NotBefore - Now).TotalSeconds.Should().BeInRange(16, 24);
    }

    [Fact]
    public void Success_clears_what_failed_before()
    {
        Pass(Bad);
        Pass(Good);

        Entry.Should().BeNull();
    }

    [Fact]
    public void Failures_are_counted_for_each_published_package_by_itself()
    {
        var app = new ResourceId(KindNames.FunctionApp, "orders");
        BackOff After(string version)
        {
            var step = new InstallApp(app, "it is new", new FunctionPackage.Published("shop", version));
            _entries = _policy.After(_entries, DesiredState.Empty, DesiredState.Empty, [new(step, Bad, default)], Now);
            return _entries[app];
        }

        After("a").Failures.Should().Be(1);
        After("a").Should().Match<BackOff>(b => b.Failures == 2 && b.PackageHash == new FunctionPackage.Published("shop", "a").Hash);
        After("b").Failures.Should().Be(1);
    }

    [Fact]
    public void Creating_the_same_container_again_and_again_is_a_failure_however_it_disappears()
    {
        var web = new ResourceId(KindNames.EdgeModule, "web");
        for (var i = 0; i < 3; i++)
            _entries = _policy.After(_entries, DesiredState.Empty, DesiredState.Empty, [new(new CreateContainer(web, "gone", "web", ""), Good, default), new(new StartContainer(web, "new", null), Good, default)], Now);

        _entries.Should().ContainSingle().Which.Value.Should().Match<BackOff>(b => b.Failures == 2 && b.Cause == BackOffCause.Restarted && b.NotBefore > Now);
    }

    [Fact]
    public void A_container_that_lived_before_it_was_removed_by_hand_is_created_again_at_once_every_time()
    {
        var web = new ResourceId(KindNames.EdgeModule, "web");
        for (var i = 0; i < 5; i++)
            _entries = _policy.After(_entries, DesiredState.Empty, DesiredState.Empty, [new(new CreateContainer(web, "gone", "web", ""), Good, default)], Now + (i * BackOffPolicy.Lived));

        _entries[web].Should().Match<BackOff>(b => b.Failures == 0 && b.NotBefore == Now + (4 * BackOffPolicy.Lived));
    }

    [Fact]
    public void The_first_container_holds_nothing_back()
    {
        var web = new ResourceId(KindNames.EdgeModule, "web");
        _entries = _policy.After(_entries, DesiredState.Empty, DesiredState.Empty, [new(new CreateContainer(web, "new", "web", ""), Good, default)], Now);

        _entries[web].Should().Match<BackOff>(b => b.Failures == 0 && b.NotBefore == Now);
    }

    [Fact]
    public void A_driver_can_ask_for_a_longer_delay_but_not_a_shorter_one()
    {
        Pass(new StepOutcome.Retry("Busy", "", TimeSpan.FromMinutes(30)));
        Entry!.NotBefore.Should().Be(Now.AddMinutes(30));

        Pass(new StepOutcome.Retry("Busy", "", TimeSpan.FromSeconds(1)));
        (Entry!.NotBefore - Now).TotalSeconds.Should().BeGreaterThanOrEqualTo(16);
    }

    [Fact]
    public void A_terminal_failure_waits_longest_and_wins_over_others()
    {
        _entries = _policy.After(
            _entries,
            DesiredState.Empty,
            DesiredState.Empty,
            [Result(Step("web"), Bad), Result(Step("web"), new StepOutcome.Terminal("Refused", "bad body")), Result(Step("web"), Good)],
            Now);

        Entry.Should().Be(new BackOff("", 1, Now + BackOffPolicy.Longest, "Refused", "bad body", Terminal: true));
    }

    [Fact]
    public void Pending_and_skipped_steps_change_nothing()
    {
        Pass(Bad);
        var before = Entry;

        Pass(new StepOutcome.Pending("pulling"));
        Pass(new StepOutcome.Skipped("x"));

        Entry.Should().Be(before);
    }

    [Fact]
    public void Another_spec_starts_to_count_anew()
    {
        _entries = _entries.SetItem(Module("web"), new("old spec", 7, Now, "PullFailed", ""));

        Pass(Bad);

        Entry!.Failures.Should().Be(1);
    }

    [Fact]
    public void Success_of_another_spec_does_not_clear_a_failure()
    {
        _entries = _entries.SetItem(Module("web"), new("new spec", 2, Now, "PullFailed", ""));

        Pass(Good);

        Entry!.Failures.Should().Be(2);
    }

    [Fact]
    public void A_restart_counts_though_it_succeeded_and_other_successes_do_not_clear_it()
    {
        Pass(Good, new StartContainer(Module("web"), "it had exited", "0123"));
        Pass(Good, new RestartContainer(Module("web"), "unhealthy", "0123", null));
        Pass(Good);

        Entry.Should().Match<BackOff>(b => b.Failures == 2 && b.Cause == BackOffCause.Restarted && b.Message == "unhealthy");
    }

    [Fact]
    public void The_first_start_of_a_new_container_counts_not()
    {
        Pass(Good, new StartContainer(Module("web"), "new", null));

        Entry.Should().BeNull();
    }

    [Fact]
    public void What_ran_well_for_ten_minutes_is_forgotten()
    {
        Pass(Good, new RestartContainer(Module("web"), "unhealthy", "0123", null));
        var due = Entry!.NotBefore;

        _entries = _policy.After(_entries, DesiredState.Empty, DesiredState.Empty, [], due + BackOffPolicy.Forgotten - TimeSpan.FromSeconds(1));
        Entry.Should().NotBeNull();

        _entries = _policy.After(_entries, DesiredState.Empty, DesiredState.Empty, [], due + BackOffPolicy.Forgotten);
        Entry.Should().BeNull();
    }

    [Fact]
    public void A_pass_that_changes_nothing_gives_the_same_value_back()
    {
        Pass(Bad);

        _policy.After(_entries, DesiredState.Empty, DesiredState.Empty, [], Now).Should().BeSameAs(_entries);
    }

    [Fact]
    public void A_host_that_is_started_again_counts_like_a_failure_and_a_new_version_does_not()
    {
        Pass(Good, new ServeApp(Module("web"), "the app changes", "abc"));
        Entry.Should().BeNull();

        Pass(Good, new ServeApp(Module("web"), "its host does not run", "abc", Repair: true));
        Entry!.Cause.Should().Be(BackOffCause.Restarted);
    }

    [Fact]
    public void A_machine_that_is_started_again_counts_like_a_failure_and_a_restart_for_a_change_does_not()
    {
        Pass(Good, new StartMachine(Module("web"), "requires restart because cpus 1→2", "abc"));
        Entry.Should().BeNull();

        Pass(Good, new StartMachine(Module("web"), "it has ended", "abc", Repair: true));
        Entry!.Cause.Should().Be(BackOffCause.Restarted);
    }

    [Fact]
    public void A_pull_for_the_next_revision_holds_back_that_one_and_not_the_healing_of_the_last_good()
    {
        var (good, next) = (Desired("mode 1", 1), Desired("mode 2", 2));
        var pull = new PullImage(Module("web"), "test", "busybox:2", Optional: false);

        _entries = _policy.After(_entries, good, next, [Result(pull, Bad), Result(Step("web"), Good)], Now);

        Entry!.SpecHash.Should().Be(next.Resources[Module("web")].SpecHash).And.NotBe(good.Resources[Module("web")].SpecHash);

        static DesiredState Desired(string content, int mode) => DesiredState.Empty with
        {
            Resources = ImmutableSortedDictionary<ResourceId, Resource>.Empty.Add(Module("web"), new ConfigFileResource
            {
                Id = Module("web"),
                Origin = default,
                File = new() { Path = "/etc/f", Content = Encoding.UTF8.GetBytes(content), Mode = mode },
            }),
        };
    }

    private BackOff? Entry => _entries.GetValueOrDefault(Module("web"));

    private static StepResult Result(Step step, StepOutcome outcome) => new(step, outcome, TimeSpan.Zero);

    private void Pass(StepOutcome outcome, Step? step = null) =>
        _entries = _policy.After(_entries, DesiredState.Empty, DesiredState.Empty, [Result(step ?? Step("web"), outcome)], Now);
}
