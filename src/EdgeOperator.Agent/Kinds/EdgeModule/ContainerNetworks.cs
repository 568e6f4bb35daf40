using System.Text.Json.Nodes;
using EdgeOperator.Agent.Engine;
using EdgeOperator.Core.Kinds.EdgeModule;

namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>Brings containers into their networks where the engine does not do so by itself.</summary>
internal sealed class ContainerNetworks(IContainerEngine engine, EndpointChanges endpoints)
{
    /// <summary>Connects a container to the networks for which its creation had no room.</summary>
    public async Task ConnectAsync(ContainerDetails container, CreateRequest request, CancellationToken cancellation)
    {
        foreach (var (network, endpoint) in request.ConnectLater)
        {
            if (container.NetworkSettings?.Networks?.ContainsKey(network) != true)
            {
                await engine.ConnectNetworkAsync(network, container.Id, endpoint, cancellation);
            }
        }
    }

    /// <summary>Connects a container to a network of its spec from which somebody has disconnected it, or in which it has other settings.</summary>
    /// <param name="spec">Has the endpoint's settings; null when it is not known any more.</param>
    public async Task ConnectAsync(ContainerDetails container, string network, EdgeModuleSpec? spec, CancellationToken cancellation)
    {
        if (container.NetworkSettings?.Networks?.ContainsKey(network) == true)
        {
            await engine.DisconnectNetworkAsync(network, container.Id, cancellation);
        }

        await engine.ConnectNetworkAsync(
            network, container.Id, spec is null ? null : JsonNode.Parse(spec.CreateBody)?["NetworkingConfig"]?["EndpointsConfig"]?[network], cancellation);
        endpoints.Reconnected(container.Id, network);
    }

    /// <summary>
    /// Connects a container anew to networks that were removed and made again: it knows them by their ids, and would
    /// never start again.
    /// </summary>
    /// <param name="spec">The desired endpoints; null when it is not known any more.</param>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> RejoinAsync(ContainerDetails container, EdgeModuleSpec? spec, CancellationToken cancellation)
    {
        var networks = (await engine.ListNetworksAsync(cancellation)).ToLookup(network => network.Name, network => network.Id);
        var endpoints = spec is null ? null : JsonNode.Parse(spec.CreateBody)?["NetworkingConfig"]?["EndpointsConfig"];
        var rejoined = false;
        foreach (var (name, endpoint) in container.NetworkSettings?.Networks ?? new Dictionary<string, ContainerEndpoint?>())
        {
            if (!networks.Contains(name) || endpoint?.NetworkId is not { Length: > 0 } id || networks[name].Contains(id))
            {
                continue;
            }

            await engine.DisconnectNetworkAsync(name, container.Id, cancellation);
            await engine.ConnectNetworkAsync(name, container.Id, endpoints?[name], cancellation);
            rejoined = true;
        }

        return rejoined;
    }
}
