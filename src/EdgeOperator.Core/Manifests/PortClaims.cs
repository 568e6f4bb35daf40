using System.Globalization;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Core.Manifests;

/// <summary>Which resources ask for which ports of the host, as far as their manifests tell, and which of them clash.</summary>
internal static class PortClaims
{
    private const string Everywhere = "0.0.0.0";

    private sealed record Claim(Resource Resource, PortForward Port);

    /// <summary>
    /// Reports machines and function apps whose port is taken. Two modules are the engine's business: one may give way to the other.
    /// </summary>
    public static void Check(IEnumerable<Resource> resources, ProblemCollector problems)
    {
        var taken = new Dictionary<(int, string), List<Claim>>();
        foreach (var claim in resources.OrderBy(resource => resource is not EdgeModuleResource).SelectMany(Of))
        {
            if (!taken.TryGetValue((claim.Port.Host, claim.Port.Protocol), out var others))
                taken.Add((claim.Port.Host, claim.Port.Protocol), others = []);
            if (others.Find(other => other.Resource.Id != claim.Resource.Id && other.Port.Overlaps(claim.Port)) is { } other && claim.Resource is not EdgeModuleResource)
                problems.Add(claim.Resource.Origin, $"{claim.Resource.Id} and {other.Resource.Id} both listen on port {claim.Port.Host}", $"give one of them another {FieldOf(claim.Resource)}; the other is at {other.Resource.Origin}");
            others.Add(claim);
        }
    }

    private static string FieldOf(Resource resource) => resource is FunctionAppResource ? "http.port" : "port in network.forwards";

    private static IEnumerable<Claim> Of(Resource resource) => (resource switch
    {
        FunctionAppResource { App: { Port: > 0 } app } => [new(app.Address, app.Port, app.Port, "tcp")],
        VirtualMachineResource { Machine: { Power: MachinePower.Running } machine } => machine.Shape.Network.Forwards,
        EdgeModuleResource { Container: { Power: ModulePower.Running, Target: "host" } container } => PublishedBy(container),
        _ => Enumerable.Empty<PortForward>(),
    }).Select(port => new Claim(resource, port));

    /// <summary>Ranges and ports that the engine chooses are left out.</summary>
    private static IEnumerable<PortForward> PublishedBy(EdgeModuleSpec container)
    {
        if (!container.CreateBody.Contains("\"PortBindings\"", StringComparison.Ordinal))
            yield break;
        foreach (var (inside, bindings) in JsonNode.Parse(container.CreateBody)?["HostConfig"]?["PortBindings"] as JsonObject ?? [])
        {
            var protocol = inside.Split('/') is [_, var named] ? named : "tcp";
            foreach (var binding in bindings as JsonArray ?? [])
            {
                if (int.TryParse((string?)binding?["HostPort"], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
                    yield return new((string?)binding?["HostIp"] is { Length: > 0 } address ? address : Everywhere, port, 0, protocol);
            }
        }
    }
}
