using System.Collections.Immutable;
using EdgeOperator.Agent.Execution;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Agent.Loop;

/// <summary>What a pass leaves to the next one.</summary>
/// <param name="Results">By which progress is seen.</param>
/// <param name="Causes">The last failures of what is not Ready.</param>
public sealed record PassMemory(ImmutableArray<StepResult> Results, ImmutableDictionary<ResourceId, FailureCause> Causes)
{
    public static PassMemory None { get; } = new([], ImmutableDictionary<ResourceId, FailureCause>.Empty);
}
