using System.Collections.Immutable;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Manifests;

/// <summary>What came of reading manifests.</summary>
/// <param name="State">Null exactly when there are problems.</param>
public sealed record ReadResult(DesiredState? State, ImmutableArray<Problem> Problems, ImmutableArray<Problem> Warnings);
