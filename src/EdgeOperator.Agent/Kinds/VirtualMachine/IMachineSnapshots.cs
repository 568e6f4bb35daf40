using System.Collections.Immutable;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Kinds.VirtualMachine;

/// <summary>States of the disks of one system's machines.</summary>
internal interface IMachineSnapshots
{
    /// <inheritdoc cref="Drivers.ISnapshotTarget.SnapshotsOfAsync"/>
    Task<ImmutableArray<SnapshotReport>> ListAsync(string machine, CancellationToken cancellation);

    /// <inheritdoc cref="Drivers.ISnapshotTarget.CreateSnapshotAsync"/>
    Task CreateAsync(string machine, string name, CancellationToken cancellation);

    /// <inheritdoc cref="Drivers.ISnapshotTarget.RestoreSnapshotAsync"/>
    Task RestoreAsync(string machine, string name, CancellationToken cancellation);

    /// <inheritdoc cref="Drivers.ISnapshotTarget.DeleteSnapshotAsync"/>
    Task DeleteAsync(string machine, string name, CancellationToken cancellation);
}
