using System.Collections.Immutable;
using EdgeOperator.Agent.Loop;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Tests.Loop;

public sealed class DeviceConditionsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly RevisionStatus Old = new("aaa", "main@aaa");
    private static readonly RevisionStatus New = new("bbb", "main@bbb");
    private static readonly RevisionLedger AtOld = RevisionLedger.Empty with { LastGood = Old.Id };

    [Fact]
    public void A_device_at_the_newest_revision_with_everything_ready_is_in_sync()
    {
        var conditions = Of(PassAt(Old, AtOld), newest: Old, [Resource(ConditionStatus.True)]);

        conditions.Is(Condition.Ready).Should().BeTrue();
        conditions.Where(c => c.Status == ConditionStatus.True).Should().ContainSingle();
    }

    [Fact]
    public void A_device_that_went_back_never_says_that_it_is_up_to_date()
    {
        var ledger = AtOld.Fail(new(New.Id, Now, "Unhealthy", "web answers 500"));

        var conditions = Of(PassAt(Old, ledger), newest: New, [Resource(ConditionStatus.True)]);

        conditions.Find(Condition.Ready).Should().Match<Condition>(c => c.Status == ConditionStatus.False && c.Reason == "RolledBack" && c.Message.Contains("web answers 500"));
        conditions.Is(Condition.Stalled).Should().BeTrue();
    }

    [Fact]
    public void A_refused_revision_is_named_by_what_is_wrong_with_it()
    {
        var ledger = AtOld.Fail(new(New.Id, Now, "InvalidManifest", "unknown field `imgae` (web.yaml:6:3): did you mean `image`?") { WasRefused = true });

        var conditions = Of(PassAt(Old, ledger), newest: New, [Resource(ConditionStatus.True)]);

        conditions.Find(Condition.Ready).Should().Match<Condition>(c => c.Reason == "InvalidManifest" && c.Message.Contains("web.yaml:6:3"));
    }

    [Theory]
    [InlineData(false, "Fetching")]
    [InlineData(true, "Applying")]
    public void A_device_on_its_way_is_reconciling_and_not_yet_ready(bool applying, string reason)
    {
        var ledger = AtOld.Begin(New.Id, Now);
        ledger = applying ? ledger.MarkApplying(Now) : ledger;

        var conditions = Of(PassAt(New, ledger), newest: New, [Resource(ConditionStatus.Unknown)]);

        conditions.Find(Condition.Reconciling).Should().Match<Condition>(c => c.Status == ConditionStatus.True && c.Reason == reason);
        conditions.Find(Condition.Ready)!.Status.Should().Be(ConditionStatus.Unknown);
    }

    [Fact]
    public void A_source_out_of_reach_degrades_the_device_but_what_runs_stays_ready()
    {
        var source = new SourceStatus("git", "git", "https://git/", Old.Id, Now, Now, new(Condition.Ready, ConditionStatus.False, "Unreachable", "no route", Now, null));

        var conditions = DeviceConditions.Of(PassAt(Old, AtOld), Old, [source], [Resource(ConditionStatus.True)], DeviceProblems.None, [], Now);

        conditions.Is(Condition.Ready).Should().BeTrue();
        conditions.Find(Condition.Degraded).Should().Match<Condition>(c => c.Status == ConditionStatus.True && c.Reason == "SourceFailing");
    }

    [Fact]
    public void A_disk_that_takes_nothing_degrades_the_device()
    {
        var conditions = DeviceConditions.Of(PassAt(Old, AtOld), Old, [], [Resource(ConditionStatus.True)], DeviceProblems.None with { StorageError = "No space left on device" }, [], Now);

        conditions.Find(Condition.Degraded).Should().Match<Condition>(c => c.Status == ConditionStatus.True && c.Reason == "StorageUnavailable");
    }

    [Fact]
    public void A_fault_of_the_device_degrades_it_and_says_what()
    {
        var problems = DeviceProblems.None with { DeviceFault = new("DiskFull", "ConfigFile/motd: no space left on device") };

        var conditions = DeviceConditions.Of(PassAt(Old, AtOld), Old, [], [Resource(ConditionStatus.True)], problems, [], Now);

        conditions.Find(Condition.Degraded).Should().Match<Condition>(c => c.Status == ConditionStatus.True && c.Reason == "DiskFull" && c.Message.Contains("motd"));
    }

    [Fact]
    public void A_rebuilt_ledger_degrades_the_device_until_that_is_settled()
    {
        Of(PassAt(Old, AtOld with { Damage = "ledger.json was damaged" }), Old, [Resource(ConditionStatus.True)])
            .Find(Condition.Degraded).Should().Match<Condition>(c => c.Status == ConditionStatus.True && c.Reason == "LedgerDamaged");
    }

    [Fact]
    public void What_can_not_be_fetched_is_named_while_the_last_good_revision_keeps_running()
    {
        var problems = DeviceProblems.None with { FetchFailure = new("ImageNotFound", "EdgeModule/web: no such tag") };
        var stalled = Resource(ConditionStatus.False, "ImageNotFound", "no such tag");
        stalled = stalled with { Conditions = stalled.Conditions.Add(new(Condition.Stalled, ConditionStatus.True, "ImageNotFound", "no such tag", Now, null)) };

        var conditions = DeviceConditions.Of(PassAt(New, AtOld.Begin(New.Id, Now)), New, [], [stalled], problems, [], Now);

        conditions.Find(Condition.Stalled).Should().Match<Condition>(c => c.Status == ConditionStatus.True && c.Reason == "ImageNotFound" && c.Message.Contains("EdgeModule/web"));
        conditions.Find(Condition.Degraded).Should().Match<Condition>(c => c.Status == ConditionStatus.True && c.Message.Contains("no such tag"));
        conditions.Find(Condition.Ready)!.Status.Should().Be(ConditionStatus.False);
        conditions.Find(Condition.Reconciling)!.Message.Should().Contain("no such tag").And.Contain("keeps running");
    }

    [Fact]
    public void Suspended_resources_are_counted_apart_and_named()
    {
        var suspended = Resource(ConditionStatus.Unknown, "Suspended", "it is suspended") with { Name = "cam" };

        var pass = PassAt(Old, AtOld) with { Reports = [new(new("EdgeModule", "cam"), ReadinessLevel.Suspended, "Suspended", "it is suspended")] };

        var ready = Of(pass, Old, [Resource(ConditionStatus.True), suspended]).Find(Condition.Ready)!;

        ready.Status.Should().Be(ConditionStatus.False);
        ready.Reason.Should().Be("Suspended");
        ready.Message.Should().Be($"1 resource is as desired; suspended and not as desired: EdgeModule/cam ({suspended.State})");
    }

    [Fact]
    public void A_suspended_resource_that_is_as_desired_is_named_and_keeps_nothing_from_being_ready()
    {
        var pass = PassAt(Old, AtOld);
        pass = pass with { Plan = new([], [new(new("EdgeModule", "cam"), BlockedReason.Suspended, "it is suspended", null, IsProblem: false)]) };

        Of(pass, Old, [Resource(ConditionStatus.True), Resource(ConditionStatus.True) with { Name = "cam" }]).Find(Condition.Ready)!
            .Should().Match<Condition>(c => c.Status == ConditionStatus.True && c.Message == "2 resources are as desired; 1 of them suspended: EdgeModule/cam");
    }

    [Fact]
    public void A_device_of_which_something_is_not_known_is_not_ready()
    {
        var unknown = Resource(ConditionStatus.Unknown, "EngineUnavailable", "no answer") with { Name = "cam" };

        Of(PassAt(Old, AtOld), Old, [Resource(ConditionStatus.True), unknown]).Find(Condition.Ready)!
            .Should().Match<Condition>(c => c.Status == ConditionStatus.Unknown && c.Message == "EdgeModule/cam: no answer");
    }

    [Fact]
    public void A_condition_keeps_its_transition_time_while_its_status_stays()
    {
        var before = Of(PassAt(Old, AtOld), newest: Old, [Resource(ConditionStatus.True)]);

        var after = DeviceConditions.Of(PassAt(Old, AtOld), Old, [], [Resource(ConditionStatus.True)], DeviceProblems.None, before, Now.AddHours(1));

        after.Find(Condition.Ready)!.LastTransitionTime.Should().Be(Now);
    }

    [Theory]
    [InlineData("host", true)]
    [InlineData("VirtualMachine/vm", false)]
    public void The_hosts_engine_counts_where_a_module_is_to_run_on_it_whatever_is_shown_of_the_module(string target, bool degraded)
    {
        var pass = PassAt(Old, AtOld);
        var module = new EdgeModuleResource
        {
            Id = new("EdgeModule", "web"),
            Origin = new("web.yaml", 1, 1),
            Container = new() { Name = "web", Image = "web:1", CreateBody = "{}", Target = target },
        };
        var rendering = pass.Target.Rendering! with { State = DesiredState.Empty with { Resources = DesiredState.Empty.Resources.Add(module.Id, module) } };
        pass = pass with
        {
            Target = pass.Target with { Rendering = rendering },
            Observed = pass.Observed with { Engine = new() { Unavailable = "nobody listens" } },
        };

        var shown = Resource(ConditionStatus.True);
        foreach (var resource in (ResourceStatus[])[shown, shown with { Details = shown.Details.Add("target", "elsewhere") }])
            Of(pass, Old, [resource]).Find(Condition.Degraded)!.Reason.Should().Be(degraded ? "EngineUnavailable" : "NotDegraded");
    }

    private static ImmutableArray<Condition> Of(Pass pass, RevisionStatus newest, ImmutableArray<ResourceStatus> resources) =>
        DeviceConditions.Of(pass, newest, [], resources, DeviceProblems.None, [], Now);

    private static Pass PassAt(RevisionStatus revision, RevisionLedger ledger)
    {
        var rendering = new Rendering(revision, DesiredState.Empty, [], []);
        var choice = new ResolvedRevision(ledger, revision.Id, "Newest", "");
        return new(new ReconcileTarget(choice, rendering, null, ledger.LastGood == revision.Id), ledger, ObservedState.Nothing, Plan.Nothing, [], [], new Verdict.Wait(null), TimeSpan.Zero);
    }

    private static ResourceStatus Resource(ConditionStatus ready, string reason = "Running", string message = "") => new()
    {
        Kind = "EdgeModule",
        Name = "web",
        State = "running",
        Conditions = [new(Condition.Ready, ready, reason, message, Now, null)],
    };
}
