using System.Collections.Immutable;

namespace EdgeOperator.Core.Manifests;

/// <summary>Which devices a resource is for: all of its conditions must hold on the device's labels.</summary>
public sealed record DeviceSelector(
    ImmutableSortedDictionary<string, string> MatchLabels,
    ImmutableArray<LabelCondition> MatchExpressions)
{
    public bool Matches(ImmutableSortedDictionary<string, string> labels) =>
        MatchLabels.All(wanted => labels.TryGetValue(wanted.Key, out var value) && value == wanted.Value)
        && MatchExpressions.All(condition => condition.Holds(labels));
}

public enum LabelOperator
{
    /// <summary>The device has the label with one of the values.</summary>
    In,

    /// <summary>The device lacks the label, or has another value.</summary>
    NotIn,
    Exists,
    DoesNotExist,
}

public sealed record LabelCondition(string Key, LabelOperator Operator, ImmutableArray<string>? Values)
{
    public bool Holds(ImmutableSortedDictionary<string, string> labels) => Operator switch
    {
        LabelOperator.Exists => labels.ContainsKey(Key),
        LabelOperator.DoesNotExist => !labels.ContainsKey(Key),
        LabelOperator.In => HasOneOfValues(labels),
        _ => !HasOneOfValues(labels),
    };

    private bool HasOneOfValues(ImmutableSortedDictionary<string, string> labels) =>
        labels.TryGetValue(Key, out var value) && Values?.Contains(value) == true;
}
