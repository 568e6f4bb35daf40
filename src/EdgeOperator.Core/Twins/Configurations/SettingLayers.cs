using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Twins.Configurations;

/// <summary>What the configurations that are for one twin set in it: they are laid one upon another, the one that counts most last.</summary>
/// <param name="Settings">In the order in which they are set.</param>
/// <param name="States">By configuration, with the parts that are its own.</param>
internal sealed record SettingLayers(ImmutableArray<TwinSetting> Settings, ImmutableSortedDictionary<string, ConfigurationState> States)
{
    /// <param name="configurations">Those that are for the twin, in any order.</param>
    public static SettingLayers Of(IEnumerable<Configuration> configurations)
    {
        var ranked = configurations.Order(Configuration.ByRank).ToArray();
        var states = ImmutableSortedDictionary.CreateBuilder<string, ConfigurationState>(StringComparer.Ordinal);
        for (var i = 0; i < ranked.Length; i++)
            states[ranked[i].Id] = StateOf(ranked[i], ranked.AsSpan(i + 1));
        return new([.. ranked.SelectMany(c => c.Content[""].Items)], states.ToImmutable());
    }

    /// <summary>Desired properties as these configurations want them.</summary>
    /// <param name="desired">What is there.</param>
    /// <param name="before">What configurations have set there: it goes unless it is set again.</param>
    public JsonObject SetIn(JsonObject desired, IEnumerable<ConfigurationState> before)
    {
        var left = before.SelectMany(b => b.Paths).Aggregate(desired, TwinPath.Without);
        return Settings.Aggregate(left, (values, setting) => TwinPath.Set(values, setting.Path, setting.Value));
    }

    private static ConfigurationState StateOf(Configuration configuration, ReadOnlySpan<Configuration> above)
    {
        var paths = ImmutableArray.CreateBuilder<string>();
        Configuration? winner = null;
        foreach (var setting in configuration.Content[""].Items)
        {
            var taken = above.ToArray().LastOrDefault(c => c.Content[""].Items.Any(i => i.Covers(setting.Path)));
            winner = taken ?? winner;
            if (taken is null)
                paths.Add(setting.Path);
        }

        return paths.Count > 0 || winner is null ? new(null, paths.ToImmutable())
            : ConfigurationState.NotApplied(winner.Priority == configuration.Priority
                ? $"configuration {winner.Id} has the same priority {winner.Priority}, is newer and sets the same properties"
                : $"configuration {winner.Id} has priority {winner.Priority} and sets the same properties");
    }
}
