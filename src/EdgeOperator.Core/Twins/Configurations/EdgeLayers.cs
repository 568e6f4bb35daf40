using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace EdgeOperator.Core.Twins.Configurations;

/// <summary>What the deployments that are for a device make of its modules.</summary>
/// <param name="Modules">Desired properties by module; null when there is no deployment to begin with, so that the modules stay as they are.</param>
/// <param name="States">By deployment.</param>
internal sealed record EdgeLayers(ImmutableSortedDictionary<string, JsonObject>? Modules, ImmutableSortedDictionary<string, ConfigurationState> States)
{
    /// <summary>
    /// The deployment that counts most is the base; layered ones of a higher priority are laid upon it, the one that counts most
    /// last, and what a later one sets replaces what is there.
    /// </summary>
    /// <param name="deployments">Those that are for the device, in any order.</param>
    public static EdgeLayers Of(IEnumerable<Configuration> deployments)
    {
        var ranked = deployments.Order(Configuration.ByRank).ToArray();
        var winner = ranked.LastOrDefault(d => !d.IsLayered);
        var states = ranked.ToImmutableSortedDictionary(d => d.Id, d => StateOf(d, winner), StringComparer.Ordinal);
        if (winner is null)
            return new(null, states);
        var modules = ImmutableSortedDictionary.CreateBuilder<string, JsonObject>(StringComparer.Ordinal);
        foreach (var deployment in ranked.Where(d => d == winner).Concat(ranked.Where(d => d.IsLayered && states[d.Id].IsApplied)))
            foreach (var (module, settings) in deployment.Content)
                modules[module] = settings.SetIn(modules.GetValueOrDefault(module) ?? []);
        return new(modules.ToImmutable(), states);
    }

    private static ConfigurationState StateOf(Configuration deployment, Configuration? winner)
    {
        if (winner is null)
            return ConfigurationState.NotApplied("it is layered, and no deployment that it could be laid upon is for this device");
        if (deployment == winner || (deployment.IsLayered && deployment.Priority > winner.Priority))
            return ConfigurationState.Applied;
        if (deployment.IsLayered)
            return ConfigurationState.NotApplied($"its priority {deployment.Priority} is not above {winner.Priority}, that of deployment {winner.Id}, which it would be laid upon");
        return ConfigurationState.NotApplied(deployment.Priority == winner.Priority
            ? $"deployment {winner.Id} has the same priority {winner.Priority}, is newer and wins"
            : $"deployment {winner.Id} has priority {winner.Priority} and wins");
    }
}
