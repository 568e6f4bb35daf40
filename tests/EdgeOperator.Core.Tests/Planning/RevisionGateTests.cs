using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Tests.Planning;

public class RevisionGateTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan StableFor = TimeSpan.FromSeconds(10);
    private static readonly DesiredState Desired = Given.Desired(Given.Module("a"), Given.Module("b"));
    private static readonly RevisionLedger Applying = new RevisionLedger { LastGood = "good" }.Begin("new", Given.Now).MarkApplying(Given.Now);

    [Fact]
    public void Nothing_is_judged_while_no_attempt_is_applied()
    {
        Judge(new() { LastGood = "good" }, 0, Ready, Ready).Verdict.Should().Be(new Verdict.Wait(null));
        Judge(RevisionLedger.Empty.Begin("new", Given.Now), 0, Ready, Ready).Verdict.Should().Be(new Verdict.Wait(null));
    }

    [Fact]
    public void A_revision_is_good_when_all_has_been_ready_for_the_stable_time()
    {
        var first = Judge(Applying, 60, Ready, Ready);
        first.Verdict.Should().Be(new Verdict.Wait(At(70)));

        Judge(first.Ledger, 69, Ready, Ready).Verdict.Should().Be(new Verdict.Wait(At(70)));
        var last = Judge(first.Ledger, 70, Ready, Ready);
        last.Verdict.Should().Be(new Verdict.Commit());
        last.Ledger.Should().BeEquivalentTo(new RevisionLedger { LastGood = "new", Good = [new("new", [])] });
    }

    [Fact]
    public void The_stable_time_starts_again_after_any_resource_was_not_ready()
    {
        var ready = Judge(Applying, 60, Ready, Ready).Ledger;
        var broken = Judge(ready, 65, Ready, Failed).Ledger;

        broken.Attempt!.ReadySince.Should().BeNull();
        Judge(broken, 70, Ready, Ready).Verdict.Should().Be(new Verdict.Wait(At(80)));
    }

    [Fact]
    public void A_restart_that_no_look_has_seen_starts_the_stable_time_again()
    {
        var ready = Judge(Applying, 60, Ready, Ready).Ledger;

        Judge(ready, 70, Ready, id => Ready(id) with { Since = At(66) }).Verdict.Should().Be(new Verdict.Wait(At(76)));
    }

    [Fact]
    public void A_revision_that_is_not_ready_at_its_deadline_is_rolled_back_and_remembered()
    {
        Judge(Applying, 299, Ready, Failed).Verdict.Should().Be(new Verdict.Wait(At(300)));

        var judgement = Judge(Applying, 300, Ready, Failed);

        judgement.Verdict.Should().Be(new Verdict.RollBack("Unhealthy", "EdgeModule/b is not ready: its health check fails"));
        judgement.Ledger.Attempt.Should().BeNull();
        judgement.Ledger.LastGood.Should().Be("good");
        judgement.Ledger.Failed.Should().Equal(new FailedRevision("new", At(300), "Unhealthy", "EdgeModule/b is not ready: its health check fails"));
    }

    [Fact]
    public void Time_that_the_host_withholds_from_what_an_attempt_has_started_does_not_count()
    {
        Func<ResourceId, ReadinessReport> held = id => Failed(id) with { HostDelay = new(At(0), TimeSpan.FromSeconds(100)) };
        Judge(Applying, 399, Ready, held).Verdict.Should().Be(new Verdict.Wait(At(400)));
        Judge(Applying, 400, Ready, held).Verdict.Should().BeOfType<Verdict.RollBack>();
        Judge(Applying, 300, Ready, id => Failed(id) with { HostDelay = new(At(-1), TimeSpan.FromSeconds(100)) }).Verdict.Should().BeOfType<Verdict.RollBack>("it ran before the attempt");

        Func<ResourceId, ReadinessReport> always = id => Failed(id) with { HostDelay = new(At(0), TimeSpan.FromDays(1)) };
        Judge(Applying, 2999, Ready, always).Verdict.Should().BeOfType<Verdict.Wait>();
        Judge(Applying, 3001, Ready, always).Verdict.Should().BeOfType<Verdict.RollBack>("a tenth of the time is its own on any host");
    }

    [Fact]
    public void A_revision_that_became_ready_just_before_its_deadline_gets_its_stable_time()
    {
        var late = Judge(Applying, 295, Ready, Ready).Ledger;

        Judge(late, 304, Ready, Ready).Verdict.Should().Be(new Verdict.Wait(At(305)));
        Judge(late, 305, Ready, Ready).Verdict.Should().Be(new Verdict.Commit());
        Judge(late, 304, Ready, Failed).Verdict.Should().BeOfType<Verdict.RollBack>();
    }

    [Fact]
    public void With_no_good_revision_to_go_back_to_the_attempt_goes_on()
    {
        var first = RevisionLedger.Empty.Begin("new", Given.Now).MarkApplying(Given.Now);

        var judgement = Judge(first, 300, Ready, Failed);

        judgement.Verdict.Should().BeOfType<Verdict.Stalled>();
        judgement.Ledger.Attempt!.Revision.Should().Be("new");
        judgement.Ledger.Failed.Should().BeEmpty();
        Judge(Judge(judgement.Ledger, 400, Ready, Ready).Ledger, 410, Ready, Ready).Verdict.Should().Be(new Verdict.Commit());
    }

    [Fact]
    public void The_longest_stable_time_counts()
    {
        var own = Given.Desired(Given.Module("a", with: spec => spec with { StableFor = TimeSpan.FromSeconds(30) }), Given.Module("b"));

        Judge(Applying, 100, Ready, Ready, own).Verdict.Should().Be(new Verdict.Wait(At(130)));
    }

    [Fact]
    public void A_resources_own_time_decides_for_it_alone()
    {
        var quick = Given.Desired(Given.Module("a"), Given.Module("b") with { HealthTimeout = TimeSpan.FromSeconds(30) });
        Judge(Applying, 29, Ready, Failed, quick).Verdict.Should().Be(new Verdict.Wait(At(30)));
        Judge(Applying, 30, Ready, Failed, quick).Verdict.Should().BeOfType<Verdict.RollBack>();
        Judge(Applying, 299, Failed, Ready, quick).Verdict.Should().Be(new Verdict.Wait(At(300)));

        var slow = Given.Desired(Given.Module("a"), Given.Module("b") with { HealthTimeout = TimeSpan.FromMinutes(10) });
        Judge(Applying, 599, Ready, Failed, slow).Verdict.Should().Be(new Verdict.Wait(At(600)));
        Judge(Applying, 300, Failed, Failed, slow).Verdict.Should().BeOfType<Verdict.RollBack>().Which.Message.Should().StartWith("EdgeModule/a is not ready");
    }

    [Fact]
    public void What_depends_on_a_slow_resource_may_be_as_slow()
    {
        var slow = Given.Desired(
            Given.Module("a", dependsOn: "EdgeModule/b"), Given.Module("b") with { HealthTimeout = TimeSpan.FromMinutes(10) });

        Judge(Applying, 599, Failed, Failed, slow).Verdict.Should().Be(new Verdict.Wait(At(600)));
    }

    [Fact]
    public void A_fault_of_the_device_blames_no_revision_and_the_deadline_counts_from_its_end()
    {
        var full = Judge(Applying, Of(Ready, Failed) with { DeviceFault = new("DiskFull", "no space left") }, 1000);

        full.Verdict.Should().Be(new Verdict.Wait(At(1300)));
        Judge(full.Ledger, 1299, Ready, Failed).Verdict.Should().BeOfType<Verdict.Wait>();
        Judge(full.Ledger, 1300, Ready, Failed).Verdict.Should().BeOfType<Verdict.RollBack>();
    }

    [Fact]
    public void What_can_never_succeed_is_not_waited_for()
    {
        var hopeless = Of(Ready, Failed) with { TerminalFailure = new("InvalidCreateOptions", "no such option") };

        Judge(Applying, hopeless, 1).Verdict.Should().Be(new Verdict.RollBack("InvalidCreateOptions", "no such option"));
        Judge(Applying with { LastGood = null }, hopeless, 1).Verdict.Should().Be(new Verdict.Stalled("InvalidCreateOptions", "no such option"));
    }

    [Fact]
    public void What_can_not_be_fetched_by_the_deadline_says_so_and_goes_on()
    {
        var fetching = new RevisionLedger { LastGood = "good" }.Begin("new", Given.Now);
        var missing = Of(Failed, Failed) with { FetchFailure = new("ImageNotFound", "there is no such tag") };

        Judge(fetching, Of(Failed, Failed), 1000).Verdict.Should().Be(new Verdict.Wait(null));
        Judge(fetching, missing, 299).Verdict.Should().Be(new Verdict.Wait(At(300)));
        var late = Judge(fetching, missing, 300);
        late.Verdict.Should().Be(new Verdict.Stalled("ImageNotFound", "there is no such tag"));
        late.Ledger.Should().BeSameAs(fetching);
    }

    [Fact]
    public void The_message_of_a_roll_back_has_the_cause_behind_what_is_seen_now()
    {
        Func<ResourceId, ReadinessReport> restarted = id =>
            new(id, ReadinessLevel.Progressing, "Starting", "its health check has not passed yet") { Cause = "its health check fails: answered 500" };

        Judge(Applying, 300, Ready, restarted).Verdict.Should().BeOfType<Verdict.RollBack>()
            .Which.Message.Should().EndWith("its health check has not passed yet (before: its health check fails: answered 500)");
    }

    [Fact]
    public void Suspended_resources_count_neither_way()
    {
        var ready = Judge(Applying, 60, Ready, Report(ReadinessLevel.Suspended)).Ledger;

        Judge(ready, 70, Ready, Report(ReadinessLevel.Suspended)).Verdict.Should().Be(new Verdict.Commit());
    }

    [Fact]
    public void While_the_engine_is_down_no_revision_is_blamed()
    {
        var down = Judge(Applying, 1000, Ready, Report(ReadinessLevel.Unknown));

        down.Verdict.Should().Be(new Verdict.Wait(At(1300)));
        Judge(down.Ledger, 1299, Ready, Failed).Verdict.Should().BeOfType<Verdict.Wait>();
        Judge(down.Ledger, 1300, Ready, Failed).Verdict.Should().BeOfType<Verdict.RollBack>();
    }

    [Fact]
    public void The_deadline_counts_from_the_arrival_of_what_could_not_be_fetched_before()
    {
        var fetching = Judge(Applying, Of(Ready, Failed) with { IsFetching = true }, 1000);

        fetching.Verdict.Should().Be(new Verdict.Wait(At(1300)));
        Judge(fetching.Ledger, 1300, Ready, Failed).Verdict.Should().BeOfType<Verdict.RollBack>();
    }

    [Fact]
    public void A_clock_that_was_set_back_does_not_stretch_the_deadline()
    {
        var early = Judge(Applying, -10_000, Ready, Failed);

        early.Verdict.Should().Be(new Verdict.Wait(At(-9_700)));
        Judge(early.Ledger, -9_700, Ready, Failed).Verdict.Should().BeOfType<Verdict.RollBack>();
    }

    [Fact]
    public void The_gate_looks_again_when_time_alone_may_help() =>
        Judge(Applying, 60, Ready, id => Failed(id) with { Until = At(66) }).Verdict.Should().Be(new Verdict.Wait(At(66)));

    [Fact]
    public void A_revision_without_resources_is_good_at_once() =>
        Judge(Applying, new Evidence(Given.Desired(), []), 1).Verdict.Should().Be(new Verdict.Commit());

    [Fact]
    public void A_resource_without_a_report_is_not_overlooked() =>
        FluentActions.Invoking(() => Judge(Applying, new Evidence(Desired, [Ready(Given.ModuleId("a"))]), 1))
            .Should().Throw<ArgumentException>();

    [Fact]
    public void The_message_of_a_roll_back_puts_failures_first_and_stays_short()
    {
        var desired = Given.Desired([.. Enumerable.Range(1, 6).Select(i => Given.Module($"m{i}"))]);
        ImmutableArray<ReadinessReport> reports = [.. desired.Resources.Keys.Select(id => id.Name == "m6" ? Failed(id) : Report(ReadinessLevel.Progressing)(id))];

        var verdict = Judge(Applying, new Evidence(desired, reports), 300).Verdict;

        verdict.Should().BeOfType<Verdict.RollBack>().Which.Message.Should().StartWith("EdgeModule/m6 is not ready: its health check fails; ").And.EndWith("; and 3 more");
    }

    private static GateDecision Judge(RevisionLedger ledger, int seconds, Func<ResourceId, ReadinessReport> a, Func<ResourceId, ReadinessReport> b, DesiredState? desired = null) =>
        Judge(ledger, new Evidence(desired ?? Desired, [a(Given.ModuleId("a")), b(Given.ModuleId("b"))]), seconds);

    private static GateDecision Judge(RevisionLedger ledger, Evidence evidence, int seconds) =>
        RevisionGate.Judge(ledger, evidence with { WallClock = At(seconds) }, new(Deadline, StableFor, KeepRevisions: 5), At(seconds));

    private static Evidence Of(Func<ResourceId, ReadinessReport> a, Func<ResourceId, ReadinessReport> b) =>
        new(Desired, [a(Given.ModuleId("a")), b(Given.ModuleId("b"))]);

    private static DateTimeOffset At(int seconds) => Given.Now.AddSeconds(seconds);

    private static ReadinessReport Ready(ResourceId id) => new(id, ReadinessLevel.Ready, "Running", "it runs");

    private static ReadinessReport Failed(ResourceId id) => new(id, ReadinessLevel.Failed, "Unhealthy", "its health check fails");

    private static Func<ResourceId, ReadinessReport> Report(ReadinessLevel level) => id => new(id, level, level.ToString(), "in words");
}
