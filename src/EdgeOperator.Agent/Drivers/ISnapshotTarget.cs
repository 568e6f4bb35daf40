using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Drivers;

/// <summary>A driver that can keep states of the disks of a resource.</summary>
public interface ISnapshotTarget
{
    /// <summary>Oldest first.</summary>
    /// <param name="desired">As of the last pass: it says where the resource is.</param>
    /// <exception cref="ControlException">It has no disks, or they can't be read.</exception>
    Task<ImmutableArray<SnapshotReport>> SnapshotsOfAsync(ResourceId resource, DesiredState desired, CancellationToken cancellation);

    /// <summary>Of a resource that runs, as after a loss of power at this moment.</summary>
    /// <exception cref="ControlException">There is one of the name, or it can't be made.</exception>
    Task CreateSnapshotAsync(ResourceId resource, DesiredState desired, string name, CancellationToken cancellation);

    /// <summary>Puts the disks back to what they were. The snapshot stays.</summary>
    /// <exception cref="ControlException">There is no such snapshot, or the resource runs.</exception>
    Task RestoreSnapshotAsync(ResourceId resource, DesiredState desired, string name, CancellationToken cancellation);

    /// <exception cref="ControlException">There is no such snapshot, or it can't be removed.</exception>
    Task DeleteSnapshotAsync(ResourceId resource, DesiredState desired, string name, CancellationToken cancellation);
}
