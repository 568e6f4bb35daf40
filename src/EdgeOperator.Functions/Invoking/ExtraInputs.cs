using System.Collections.Immutable;

namespace EdgeOperator.Functions.Invoking;

/// <summary>With a request that a worker gets by HTTP itself: the inputs for the invocation that goes with it.</summary>
internal sealed record ExtraInputs(ImmutableSortedDictionary<string, Value> Values)
{
    public static readonly ImmutableSortedDictionary<string, Value> None = ImmutableSortedDictionary<string, Value>.Empty;
}
