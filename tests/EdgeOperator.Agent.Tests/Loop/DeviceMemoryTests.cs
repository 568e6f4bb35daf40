using System.Collections.Immutable;
using EdgeOperator.Agent.Loop;
using EdgeOperator.Agent.Reporting;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Agent.Tests.Storage;
using EdgeOperator.Core.State;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Agent.Tests.Loop;

public sealed class DeviceMemoryTests : StoreFixture
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ImmutableDictionary<Core.Manifests.ResourceId, BackOff> Failing =
        ImmutableDictionary<Core.Manifests.ResourceId, BackOff>.Empty.Add(Web, new("hash", 3, Now.AddMinutes(5), "Unhealthy", "no good"));

    [Fact]
    public void A_new_revision_waits_for_no_back_off_of_another_one()
    {
        var memory = Remembering();
        memory.Keep(memory.Ledger.Begin("first", Now));
        memory.Store.BackOff = Failing;

        memory.Keep(memory.Ledger.Begin("second", Now));

        memory.Store.BackOff.Should().BeEmpty();
    }

    [Fact]
    public void The_revision_under_way_keeps_its_back_off()
    {
        var memory = Remembering();
        memory.Keep(memory.Ledger.Begin("first", Now));
        memory.Store.BackOff = Failing;

        memory.Keep(memory.Ledger.Begin("first", Now).MarkApplying(Now));

        memory.Store.BackOff.Should().ContainKey(Web);
    }

    [Fact]
    public void Going_back_to_the_last_good_revision_keeps_the_back_off()
    {
        var memory = Remembering();
        memory.Keep(memory.Ledger with { LastGood = "good" });
        memory.Keep(memory.Ledger.Begin("first", Now));
        memory.Store.BackOff = Failing;

        memory.Keep(memory.Ledger.Begin("good", Now));

        memory.Store.BackOff.Should().ContainKey(Web);
    }

    private DeviceMemory Remembering()
    {
        var revisions = new RevisionStore(Folder, NullLogger<RevisionStore>.Instance);
        var metrics = new AgentMetrics(TimeProvider.System, () => throw new InvalidOperationException("no one asks for a status"));
        return new(
            new LedgerStore(new(Folder, NullLogger<LedgerFile>.Instance), Store, TimeProvider.System, boot: null),
            Store,
            new RunHistory(Store, revisions, metrics, TimeProvider.System, NullLogger<RunHistory>.Instance));
    }
}
