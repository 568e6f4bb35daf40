using EdgeOperator.Core.Kinds.SystemUpdate;
using EdgeOperator.Core.Kinds.SystemUpdate.Releases;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Schedules;

namespace EdgeOperator.Core.Tests.Kinds.SystemUpdate.Releases;

public sealed class ReleasePlanTests
{
    private const string Revision = "r2";

    private static readonly ResourceId Id = new(KindNames.SystemUpdate, "agent");
    private static readonly AgentRelease Next = new() { Version = "0.2.0", Location = "https://example.com/edgeop.tar.gz", Sha256 = new('a', 64) };
    private static readonly InstalledRelease Old = new("0.1.0", null, InUse: true);
    private static readonly InstalledRelease Staged = new("0.2.0", Next.Sha256, InUse: false);
    private static readonly ObservedReleases Device = new() { Running = "0.1.0", Installed = [Old] };

    [Fact]
    public void A_version_is_staged_first_and_then_takes_the_place_of_the_running_one_after_a_copy_of_the_history()
    {
        var plan = Plan(Next, Device);

        plan.Stage!.Id.Should().Be("stage agent 0.2.0");
        plan.Switch.Select(step => step.Id).Should().Equal("back up agent 0.2.0", "switch agent to 0.2.0");
        Plan(Next, Device with { Installed = [Old, Staged] }).Stage.Should().BeNull();
        plan.Assess(Times()).Should().Match<ReadinessReport>(report => report.Level == ReadinessLevel.Progressing && report.Message == "it runs 0.1.0 and should run 0.2.0");
    }

    [Fact]
    public void Another_archive_of_a_version_that_is_there_is_staged_in_its_place() =>
        Plan(Next, Device with { Installed = [Old, Staged with { Sha256 = new('b', 64) }] }).Stage.Should().NotBeNull();

    [Fact]
    public void A_version_on_trial_is_confirmed_once_it_has_proven_itself_and_only_then_ready()
    {
        var onTrial = Device with { Running = "0.2.0", Installed = [Old, Staged], Trial = new("0.1.0", "0.2.0", HasProven: false) };
        Plan(Next, onTrial).Confirm.Should().BeNull();
        Plan(Next, onTrial).Assess(Times()).Reason.Should().Be("OnTrial");

        var proven = Plan(Next, onTrial with { Trial = onTrial.Trial! with { HasProven = true } });
        proven.Confirm!.Id.Should().Be("confirm agent 0.2.0");
        proven.Assess(Times()).IsReady.Should().BeFalse();

        Plan(Next, onTrial with { Trial = null }).Assess(Times()).IsReady.Should().BeTrue();
    }

    [Fact]
    public void While_a_version_is_on_trial_no_other_takes_its_place()
    {
        var onTrial = Device with { Running = "0.1.5", Installed = [Old, Staged], Trial = new("0.1.0", "0.1.5", HasProven: false) };

        Plan(Next, onTrial).Switch.Should().BeEmpty();
        Plan(Next, onTrial with { Trial = onTrial.Trial! with { HasProven = true } }).Confirm!.Version.Should().Be("0.1.5");
    }

    [Fact]
    public void An_agent_that_has_switched_and_not_ended_yet_switches_again() =>
        Plan(Next, Device with { Installed = [Old, Staged], Trial = new("0.1.0", "0.2.0", HasProven: false) }).Switch.Should().HaveCount(2);

    [Fact]
    public void A_lower_version_is_refused_unless_it_is_meant_or_the_device_goes_back_to_a_revision_that_was_good()
    {
        var newer = Device with { Running = "0.3.0" };

        Plan(Next, newer).Blocked!.Message.Should().StartWith("0.2.0 is lower than 0.3.0, which runs");
        Plan(Next, newer).Stage.Should().BeNull();
        Plan(Next with { AllowDowngrade = true }, newer).Switch.Should().NotBeEmpty();
        Plan(Next, newer, isCommitted: true).Switch.Should().NotBeEmpty();
        Plan(Next, Device with { Running = "0.2.0-rc.1" }).Blocked.Should().BeNull();
    }

    [Fact]
    public void What_was_taken_back_fails_at_once_under_the_revision_that_tried_it_and_is_tried_again_under_another()
    {
        var failed = Device with { Installed = [Old, Staged], Failed = new("0.2.0", Revision, "it did not complete a pass within 600 s") };

        Plan(Next, failed).Switch.Should().ContainSingle().Which.Reason.Should().Be("0.2.0 was taken back: it did not complete a pass within 600 s");
        Plan(Next, failed).Assess(Times()).Should().Match<ReadinessReport>(report => report.Level == ReadinessLevel.Failed && report.Reason == "AgentTakenBack");
        Plan(Next, failed with { Failed = failed.Failed! with { Revision = "r1" } }).Switch.Should().HaveCount(2);
    }

    [Fact]
    public void An_agent_that_nobody_supervises_can_not_be_changed() =>
        Plan(Next, Device with { Unsupervised = "it was started by itself" }).Blocked!.Message.Should().Be("the agent can't change its version: it was started by itself");

    [Fact]
    public void Versions_go_once_two_later_ones_are_good_and_nothing_of_them_runs()
    {
        var device = Device with { Running = "0.2.0", Installed = [new("0.0.9", null, InUse: false), new("0.0.8", null, InUse: true), new("0.0.10", null, InUse: false), Old with { InUse = false }, Staged with { InUse = true }] };

        Plan(Next, device, isCommitted: true).Cleanup.Select(step => step.Id).Should().Equal("remove agent 0.0.10", "remove agent 0.0.9");
        Plan(Next, device with { Failed = new("0.1.0", "r0", "") }, isCommitted: true).Cleanup.Select(step => step.Id).Should().Equal(["remove agent 0.0.9", "remove agent 0.1.0"], "what was taken back is nothing to go back to");
        Plan(Next, device).Cleanup.Should().BeEmpty();
        Plan(Next, device with { Trial = new("0.1.0", "0.2.0", HasProven: true) }, isCommitted: true).Cleanup.Should().BeEmpty();
    }

    [Fact]
    public void It_is_fetched_in_the_download_window_and_changed_in_the_maintenance_window()
    {
        MaintenanceWindow closed = new() { Cron = "0 3 1 1 *", Duration = TimeSpan.FromHours(1) };
        var staged = Device with { Installed = [Old, Staged] };

        Plan(Next, Device).Plan(Times(window: closed)).Should().Match<ResourcePlan>(plan => plan.Fetch != null && !plan.HasChange);
        Plan(Next, staged).Plan(Times(window: closed)).Blocked!.Reason.Should().Be(BlockedReason.WaitingForWindow);
        Plan(Next, staged).Assess(Times(window: closed)).Level.Should().Be(ReadinessLevel.Suspended);
        Plan(Next, Device).Plan(Times(downloads: closed)).Blocked!.Message.Should().Contain("download window");
        Plan(Next, staged).Plan(Times(downloads: closed)).HasChange.Should().BeTrue();
        Plan(Next, Device with { Running = "0.2.0", Trial = new("0.1.0", "0.2.0", HasProven: true) }).Plan(Times(window: closed)).Switch.Should().ContainSingle("a trial ends whatever time it is");
    }

    private static UpdateTimes Times(MaintenanceWindow? window = null, MaintenanceWindow? downloads = null) =>
        new(new() { Window = window, DownloadWindow = downloads }, "agent", new(), new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));

    private static ReleasePlan Plan(AgentRelease release, ObservedReleases observed, bool isCommitted = false) => new(Id, release, observed, Revision, isCommitted);
}
