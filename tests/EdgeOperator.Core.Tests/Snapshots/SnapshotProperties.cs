using System.Collections.Immutable;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Snapshots;
using EdgeOperator.Core.State;
using EdgeOperator.Core.Tests.Planning.Model;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Core.Tests.Snapshots;

public class SnapshotProperties
{
    private static readonly DeviceIdentity Device = new("till-17", ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty);

    [Fact]
    public void A_plan_made_from_a_snapshot_is_the_one_that_the_device_makes() => Prop.ForAll(Scenario.Any, scenario =>
    {
        var agent = new ModelAgent(Scenario.NewDevice());
        foreach (var revision in scenario.Revisions)
        {
            // Wherever the device is by then: in the middle of an update, at a revision that failed, or at a good one.
            foreach (var next in scenario.Revisions)
                Text(AsReadByTheHub(agent).PlanFor(RegisteredKinds.All, Newer(next))).Should().Be(Text(PlanOf(agent, Newer(next))));
            agent.Push(revision);
            for (var pass = 0; pass < 3; pass++)
                agent.Pass(limit: 2 * (pass + 1));
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Writing_what_was_read_gives_the_same_document() => Prop.ForAll(Scenario.Any, scenario =>
    {
        var agent = new ModelAgent(Scenario.NewDevice());
        agent.Push(scenario.Revisions[0]);
        agent.Pass();
        var once = SnapshotDocument.Write(AsReadByTheHub(agent), RegisteredKinds.All);
        SnapshotDocument.Write(SnapshotDocument.Read(once, RegisteredKinds.All), RegisteredKinds.All).Length.Should().Be(once.Length);
    }).QuickCheckThrowOnFailure();

    private static DesiredState Newer(DesiredState revision) => revision with { Revision = $"{revision.Revision}-again" };

    private static DeviceSnapshot AsReadByTheHub(ModelAgent agent)
    {
        var snapshot = DeviceSnapshot.Of(RegisteredKinds.All, Device, agent.Device.Observe(), agent.Ledger, LastGood(agent), BackOffs(agent), agent.Device.Now);
        return SnapshotDocument.Read(SnapshotDocument.Write(snapshot, RegisteredKinds.All), RegisteredKinds.All);
    }

    private static Plan PlanOf(ModelAgent agent, DesiredState next) => RevisionPlanner.Plan(
        RegisteredKinds.All, agent.Ledger.Begin(next.Revision, agent.Device.Now), next, LastGood(agent), agent.Device.Observe(), new(BackOffs(agent), ImmutableDictionary<string, ImmutableHashSet<string>>.Empty), agent.Device.Now).Change;

    private static DesiredState? LastGood(ModelAgent agent) => agent.Ledger.LastGood is { } good ? agent.Revision(good) : null;

    private static ImmutableDictionary<ResourceId, BackOff> BackOffs(ModelAgent agent) => ImmutableDictionary<ResourceId, BackOff>.Empty
        .Add(new("EdgeModule", "a"), new("hash", 3, agent.Device.Now.AddMinutes(1), "Crashed", "it ended", Terminal: true) { Cause = BackOffCause.Restarted, Fault = Fault.Device, PackageHash = "p" });

    private static string Text(Plan plan) => string.Join("\n", plan.Steps.Select(step =>
        $"{step} requires [{string.Join(", ", step.Requires)}] after [{string.Join(", ", step.After)}]").Concat(plan.Blocked.Select(held => held.ToString())));
}
