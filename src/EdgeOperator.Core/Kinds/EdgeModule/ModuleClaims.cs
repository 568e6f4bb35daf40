using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds.EdgeModule.Compiling;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Reading;

namespace EdgeOperator.Core.Kinds.EdgeModule;

/// <summary>
/// What a module's container claims for itself alone: ports on its host, and addresses in networks. What the engine chooses, and what
/// depends on a variable that is not known, is left out.
/// </summary>
internal static class ModuleClaims
{
    /// <param name="spec">As written; null for what was imported.</param>
    public static IEnumerable<Claim> Of(EdgeModuleResource module, MapNode? spec)
    {
        var container = module.Container;
        if (container.Power != ModulePower.Running || JsonNode.Parse(container.CreateBody) is not JsonObject body)
            return [];
        var place = EngineTarget.MachineOf(container.Target) is { } machine ? $"{machine}/" : "";
        var ports = spec?["ports"]?.HasVariable == true ? [] : Ports(body);
        return [.. ports.Concat(Addresses(body)).Select(claim => claim with { Key = place + claim.Key, IsPassing = container.Restart == RestartPolicy.Never })];
    }

    private static IEnumerable<Claim> Ports(JsonObject body)
    {
        foreach (var (inside, bindings) in body.GetMap("HostConfig", "PortBindings"))
        {
            var protocol = inside.Split('/') is [_, var named] ? named : "tcp";
            foreach (var binding in bindings as JsonArray ?? [])
            {
                if (int.TryParse((string?)binding?["HostPort"], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0)
                    yield return Claim.Port((string?)binding?["HostIp"] ?? Claim.Everywhere, port, protocol, "port");
            }
        }
    }

    private static IEnumerable<Claim> Addresses(JsonObject body)
    {
        foreach (var (network, endpoint) in body.GetMap("NetworkingConfig", "EndpointsConfig"))
        {
            foreach (var field in (string[])["IPv4Address", "IPv6Address"])
            {
                if ((endpoint as JsonObject)?.GetText("IPAMConfig", field) is { Length: > 0 } address && !address.Contains("${", StringComparison.Ordinal))
                    yield return new($"network:{network}/{address}", $"have the address {address} in the network {network}", "give one of them another address");
            }
        }
    }
}
