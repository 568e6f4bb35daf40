using EdgeOperator.Agent.Reporting;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Core.Kinds.SystemUpdate.Reboots;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Agent.Tests.Reporting;

public sealed class RunHistoryTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("edgeop-history-").FullName;
    private readonly AgentMetrics _metrics = new(TimeProvider.System, () => new DeviceStatus { Device = "d", AgentVersion = "0" });
    private readonly StateStore _store;
    private RevisionLedger _ledger = RevisionLedger.Empty;
    private RunHistory _history;

    public RunHistoryTests()
    {
        _store = StateStore.Open(_folder, TimeProvider.System, NullLogger<StateStore>.Instance);
        _history = Open();
    }

    [Fact]
    public void A_revision_that_is_committed_has_succeeded()
    {
        Move(l => l.Begin("a", Noon));
        Move(l => l.Commit(new("a", []), DesiredState.Empty, keep: 5));

        _store.History(10).Should().ContainSingle().Which.Should().Match<HistoryRecord>(r => r.Revision == "a" && r.Outcome == RevisionOutcome.Succeeded && r.EndedAt != null);
        Reasons().Should().Equal("RevisionStarted", "RevisionCommitted");
    }

    [Fact]
    public void A_revision_that_fails_while_it_is_tried_was_rolled_back_and_says_why()
    {
        Move(l => l.Begin("a", Noon));
        Move(l => l.Commit(new("a", []), DesiredState.Empty, keep: 5));
        Move(l => l.Begin("b", Noon));
        Move(l => l.Fail(new("b", Noon, "Unhealthy", "web answers 500")));
        Move(l => l.Begin("a", Noon));

        _store.History(10).Select(r => (r.Revision, r.Outcome, r.Reason)).Should().Equal(
            ("b", RevisionOutcome.RolledBack, "web answers 500"), ("a", RevisionOutcome.Succeeded, null));
        _store.Events(0, 10, null).Should().Contain(e => e.Reason == "RolledBack" && e.Level == EventLevel.Warning && e.Message.Contains("web answers 500"));
    }

    [Fact]
    public void A_revision_that_was_never_tried_but_failed_was_invalid()
    {
        Move(l => l.Fail(new("b", Noon, "InvalidManifest", "unknown field (a.yaml:1:1)")));

        _store.History(10).Should().ContainSingle().Which.Should().Match<HistoryRecord>(r => r.Outcome == RevisionOutcome.Invalid && r.Reason!.Contains("a.yaml:1:1"));
    }

    [Fact]
    public void A_newer_revision_supersedes_the_one_under_way()
    {
        Move(l => l.Begin("a", Noon));
        Move(l => l.Begin("b", Noon));

        _store.History(10).Select(r => (r.Revision, r.Outcome)).Should().Equal(("b", RevisionOutcome.InProgress), ("a", RevisionOutcome.Superseded));
    }

    [Fact]
    public void A_newer_revision_that_is_refused_supersedes_nothing()
    {
        Move(l => l.Commit(new("a", []), DesiredState.Empty, keep: 5));
        Move(l => l.Begin("b", Noon).Fail(new("c", Noon, "InvalidManifest", "unknown field")));

        _store.History(10).Select(r => (r.Revision, r.Outcome)).Should().BeEquivalentTo([("c", RevisionOutcome.Invalid), ("b", RevisionOutcome.InProgress)]);
    }

    [Fact]
    public void What_is_left_for_a_revision_that_is_refused_was_superseded_all_the_same()
    {
        Move(l => l.Begin("a", Noon));
        Move(l => l.Fail(new("b", Noon, "InvalidManifest", "unknown field")).Begin("c", Noon));

        _store.History(10).Select(r => (r.Revision, r.Outcome)).Should().BeEquivalentTo(
            [("a", RevisionOutcome.Superseded), ("b", RevisionOutcome.Invalid), ("c", RevisionOutcome.InProgress)]);
    }

    [Fact]
    public void A_run_that_does_not_get_on_says_why_while_it_goes_on()
    {
        Move(l => l.Begin("a", Noon));

        _history.Explain("there is no such tag");

        _store.History(10).Should().ContainSingle().Which.Should().Match<HistoryRecord>(r => r.Outcome == RevisionOutcome.InProgress && r.Reason == "there is no such tag");
    }

    [Fact]
    public void A_roll_back_by_hand_names_who_asked_for_it()
    {
        Move(l => l.PinAt(new("a", "b") { User = "alice" }).Begin("a", Noon));

        _store.History(10).Should().ContainSingle().Which.User.Should().Be("alice");
    }

    [Fact]
    public void A_run_goes_on_over_a_restart_of_the_agent()
    {
        Move(l => l.Begin("a", Noon));
        _history = Open();
        Move(l => l.Commit(new("a", []), DesiredState.Empty, keep: 5));

        _store.History(10).Should().ContainSingle().Which.Outcome.Should().Be(RevisionOutcome.Succeeded);
    }

    [Fact]
    public void A_reboot_is_noted_once_with_its_reason_and_the_run_that_it_fell_into_goes_on()
    {
        Move(l => l.Begin("a", Noon));
        var reboot = new DeviceReboot { Update = "base", Revision = "a", Reasons = ["libc6 1→2"], At = Noon, EndedAt = Noon.AddMinutes(2), Phase = RebootPhase.Good };
        _history.Rebooted(reboot);
        _history = Open();
        _history.Rebooted(reboot);
        _history.Rebooted(reboot with { At = Noon.AddMinutes(3), Phase = RebootPhase.Failed, Failure = "the check failed" });
        Move(l => l.Commit(new("a", []), DesiredState.Empty, keep: 5));

        _store.History(10).Select(r => (r.Revision, r.Outcome, r.Reason)).Should().Equal(
            ("a", RevisionOutcome.RebootFailed, "libc6 1→2: the check failed"), ("a", RevisionOutcome.Rebooted, "libc6 1→2"), ("a", RevisionOutcome.Succeeded, null));
        _store.History(10)[1].EndedAt.Should().Be(Noon.AddMinutes(2));
    }

    [Fact]
    public void Progress_within_an_attempt_is_no_news()
    {
        Move(l => l.Begin("a", Noon));
        Move(l => l.RecordFetched("busybox"));
        Move(l => l.MarkApplying(Noon));

        Reasons().Should().Equal("RevisionStarted");
    }

    public void Dispose()
    {
        _store.Dispose();
        _metrics.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private RunHistory Open() => new(
        _store, new RevisionStore(_folder, NullLogger<RevisionStore>.Instance), _metrics, TimeProvider.System, NullLogger<RunHistory>.Instance);

    private void Move(Func<RevisionLedger, RevisionLedger> change)
    {
        var before = _ledger;
        _ledger = change(before);
        _history.Follow(before, _ledger);
    }

    private IEnumerable<string> Reasons() => _store.Events(0, 100, null).Select(e => e.Reason);
}
