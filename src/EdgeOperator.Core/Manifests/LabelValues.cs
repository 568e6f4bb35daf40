using System.Collections.Immutable;

namespace EdgeOperator.Core.Manifests;

/// <summary>What one label of a device may be: some values or all but some, and whether the device may lack the label.</summary>
/// <param name="IsExclusion">The label may have every value but <paramref name="Values"/>; otherwise only those.</param>
internal sealed record LabelValues(bool MayLack, bool IsExclusion, ImmutableSortedSet<string> Values)
{
    private static readonly ImmutableSortedSet<string> None = ImmutableSortedSet<string>.Empty.WithComparer(StringComparer.Ordinal);

    public static LabelValues Anything { get; } = new(MayLack: true, IsExclusion: true, None);

    public bool IsNothing => !MayLack && !IsExclusion && Values.IsEmpty;

    public static LabelValues Of(LabelCondition condition) => condition.Operator switch
    {
        LabelOperator.In => new(MayLack: false, IsExclusion: false, Set(condition)),
        LabelOperator.NotIn => new(MayLack: true, IsExclusion: true, Set(condition)),
        LabelOperator.Exists => new(MayLack: false, IsExclusion: true, None),
        _ => new(MayLack: true, IsExclusion: false, None),
    };

    public static LabelValues Only(string value) => new(MayLack: false, IsExclusion: false, None.Add(value));

    public LabelValues Except() => new(!MayLack, !IsExclusion, Values);

    public LabelValues And(LabelValues other) => (IsExclusion, other.IsExclusion) switch
    {
        (true, true) => new(MayLack && other.MayLack, IsExclusion: true, Values.Union(other.Values)),
        (true, false) => new(MayLack && other.MayLack, IsExclusion: false, other.Values.Except(Values)),
        (false, true) => new(MayLack && other.MayLack, IsExclusion: false, Values.Except(other.Values)),
        _ => new(MayLack && other.MayLack, IsExclusion: false, Values.Intersect(other.Values)),
    };

    /// <summary>An example, for a message: <c>site=berlin</c>, <c>site</c> for any value, <c>no site</c>; null where anything goes.</summary>
    public string? Example(string key) =>
        MayLack && IsExclusion && Values.IsEmpty ? null
        : MayLack ? $"no {key}"
        : IsExclusion && Values.IsEmpty ? key
        : IsExclusion ? $"{key} other than {string.Join(", ", Values)}"
        : $"{key}={Values[0]}";

    private static ImmutableSortedSet<string> Set(LabelCondition condition) => None.Union(condition.Values ?? []);
}
