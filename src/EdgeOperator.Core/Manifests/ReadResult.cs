using System.Collections.Immutable;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Manifests;

/// <summary>What came of reading manifests.</summary>
/// <param name="State">Null exactly when there are problems.</param>
public sealed record ReadResult(DesiredState? State, ImmutableArray<Problem> Problems, ImmutableArray<Problem> Warnings)
{
    /// <summary>The files that were taken as manifests, by their paths in the sources.</summary>
    public ImmutableArray<string> Files { get; init; } = [];

    /// <summary>Variables without a default that manifests name, where they are read for no device.</summary>
    public ImmutableArray<string> OpenVariables { get; init; } = [];

    /// <summary>Where each resource that is in order stands, also when others are not.</summary>
    public ImmutableArray<Position> Origins { get; init; } = [];

    /// <summary>What is defined, for whatever devices.</summary>
    public ImmutableHashSet<ResourceId> Defined { get; init; } = [];
}
