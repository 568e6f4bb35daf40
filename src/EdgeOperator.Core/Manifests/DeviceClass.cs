using System.Collections.Immutable;

namespace EdgeOperator.Core.Manifests;

/// <summary>The devices that several selectors choose together, or leave out: what can be said of them without knowing any device.</summary>
internal sealed class DeviceClass
{
    /// <summary>Alternatives to try: with more of them nothing is claimed.</summary>
    private const int MostAttempts = 10_000;

    private readonly ImmutableSortedDictionary<string, LabelValues> _labels;

    private DeviceClass(ImmutableSortedDictionary<string, LabelValues> labels) => _labels = labels;

    /// <summary>Every device.</summary>
    public static DeviceClass All { get; } = new(ImmutableSortedDictionary<string, LabelValues>.Empty.WithComparers(StringComparer.Ordinal));

    /// <summary>Those of them that a selector chooses as well; null when there can be none.</summary>
    /// <param name="selector">Null chooses every device.</param>
    public DeviceClass? And(DeviceSelector? selector)
    {
        var chosen = this;
        foreach (var (key, values) in Conditions(selector))
        {
            if (chosen.And(key, values) is not { } both)
                return null;
            chosen = both;
        }

        return chosen;
    }

    /// <summary>Some of them that none of the selectors chooses; null when there can be none, or it takes too long to tell.</summary>
    public DeviceClass? Without(IReadOnlyList<DeviceSelector?> selectors)
    {
        var attempts = 0;
        return Without(0, this);

        DeviceClass? Without(int next, DeviceClass left)
        {
            if (next == selectors.Count)
                return left;

            // It is enough that one of the selector's conditions does not hold.
            foreach (var (key, values) in Conditions(selectors[next]))
            {
                if (++attempts > MostAttempts)
                    return null;
                if (left.And(key, values.Except()) is { } other && Without(next + 1, other) is { } found)
                    return found;
            }

            return null;
        }
    }

    /// <summary>For a message, after "a device": <c> with site=berlin and no role</c>; empty for any device.</summary>
    public override string ToString() =>
        string.Join(" and ", _labels.Select(label => label.Value.Example(label.Key)).OfType<string>()) is { Length: > 0 } text ? $" with {text}" : "";

    private DeviceClass? And(string key, LabelValues values) =>
        _labels.GetValueOrDefault(key, LabelValues.Anything).And(values) is { IsNothing: false } both ? new(_labels.SetItem(key, both)) : null;

    private static IEnumerable<(string Key, LabelValues Values)> Conditions(DeviceSelector? selector) => selector is null ? [] :
    [
        .. selector.MatchLabels.Select(label => (label.Key, LabelValues.Only(label.Value))),
        .. selector.MatchExpressions.Select(condition => (condition.Key, LabelValues.Of(condition))),
    ];
}
