using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Agent.Engine;
using EdgeOperator.Core.Kinds.EdgeModule;

namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>
/// Finds networks in which a running container lacks an alias or the address that its spec asks for, as after a
/// <c>docker network connect</c> by hand.
/// </summary>
internal sealed class EndpointChanges
{
    /// <summary>Endpoints that were connected anew and have not been seen as asked for since: their engine does not honour it.</summary>
    private readonly ConcurrentDictionary<(string Container, string Network), bool> _reconnected = new();

    /// <summary>Notes that a container was connected with the settings of its spec.</summary>
    public void Reconnected(string container, string network) => _reconnected[(container, network)] = true;

    /// <summary>The networks, sorted by name, that the container must be connected to again.</summary>
    /// <param name="spec">What the container was created from.</param>
    public ImmutableArray<string> Of(EdgeModuleSpec spec, ContainerDetails details)
    {
        if (details.State?.Status != "running" || details.NetworkSettings?.Networks is not { } actual || JsonNode.Parse(spec.CreateBody)?["NetworkingConfig"]?["EndpointsConfig"] is not JsonObject endpoints)
            return [];
        var changed = ImmutableArray.CreateBuilder<string>();
        foreach (var (network, settings) in endpoints.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (settings is not JsonObject asked || actual.GetValueOrDefault(network) is not { } endpoint)
                continue;
            if (IsAsAsked(asked, endpoint))
                _reconnected.TryRemove((details.Id, network), out _);
            else if (!_reconnected.ContainsKey((details.Id, network)))
                changed.Add(network);
        }

        return changed.ToImmutable();
    }

    /// <summary>Forgets containers that are gone.</summary>
    public void Retain(IReadOnlySet<string> containers)
    {
        foreach (var key in _reconnected.Keys.Where(key => !containers.Contains(key.Container)))
            _reconnected.TryRemove(key, out _);
    }

    private static bool IsAsAsked(JsonObject asked, ContainerEndpoint endpoint) =>
        (asked["Aliases"] as JsonArray ?? []).Select(alias => (string?)alias ?? "")
            .All(alias => endpoint.Aliases?.Contains(alias) == true || endpoint.DnsNames?.Contains(alias) == true)
        && ((string?)asked["IPAMConfig"]?["IPv4Address"] is not { Length: > 0 } address || address == endpoint.IpAddress);
}
