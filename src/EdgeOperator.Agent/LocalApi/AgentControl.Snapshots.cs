using System.Collections.Immutable;
using EdgeOperator.Agent.Drivers;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.LocalApi;

// Disks are touched between passes: none starts, stops or updates the machine meanwhile.
public sealed partial class AgentControl
{
    public Task<ImmutableArray<SnapshotReport>> SnapshotsAsync(ResourceId resource, CancellationToken cancellation) =>
        Snapshots(Known(resource)).SnapshotsOfAsync(resource, board.Device.Desired, cancellation);

    public Task CreateSnapshotAsync(ResourceId resource, string name, Operator by, CancellationToken cancellation)
    {
        if (SnapshotReport.ProblemOf(name) is { } problem)
            throw new ControlException("InvalidName", problem);
        if (name.StartsWith(SnapshotReport.AutomaticPrefix, StringComparison.Ordinal))
            throw new ControlException("InvalidName", $"names that begin with {SnapshotReport.AutomaticPrefix} are the agent's own: take another one");
        return ChangeAsync(resource, "created", name, by, (driver, id) => driver.CreateSnapshotAsync(id, board.Device.Desired, name, cancellation), cancellation);
    }

    public Task RestoreSnapshotAsync(ResourceId resource, string name, Operator by, CancellationToken cancellation) =>
        ChangeAsync(resource, "restored", name, by, (driver, id) => driver.RestoreSnapshotAsync(id, board.Device.Desired, name, cancellation), cancellation);

    public Task DeleteSnapshotAsync(ResourceId resource, string name, Operator by, CancellationToken cancellation) =>
        ChangeAsync(resource, "deleted", name, by, (driver, id) => driver.DeleteSnapshotAsync(id, board.Device.Desired, name, cancellation), cancellation);

    private async Task ChangeAsync(ResourceId resource, string verb, string name, Operator by, Func<ISnapshotTarget, ResourceId, Task> change, CancellationToken cancellation)
    {
        var id = Known(resource);
        var driver = Snapshots(id);
        await loop.RunBetweenPassesAsync(
            $"a snapshot of {id} was {verb}",
            async () =>
            {
                await change(driver, id);
                return true;
            },
            cancellation);
        Note($"Snapshot{char.ToUpperInvariant(verb[0])}{verb[1..]}", $"the snapshot {name} of {id} was {verb}", null, id, by);
    }

    private ISnapshotTarget Snapshots(ResourceId id) => device.Find<ISnapshotTarget>(id.Kind)
        ?? throw new ControlException("NotSupported", $"there are no snapshots of {id}: only virtual machines have them");
}
