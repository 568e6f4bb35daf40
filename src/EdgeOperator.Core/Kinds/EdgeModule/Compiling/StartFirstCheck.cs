using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Kinds.EdgeModule.Compiling;

/// <summary>Finds what two containers of the same module can't both have, as StartFirst makes them run side by side.</summary>
internal static class StartFirstCheck
{
    public static void Run(JsonObject body, Position where, ProblemCollector problems)
    {
        foreach (var claim in Claims(body))
            problems.Add(
                where,
                $"updateStrategy StartFirst can't work with {claim}, since the new container starts while the old one still has it",
                "take Recreate, or leave that to the engine");
    }

    private static IEnumerable<string> Claims(JsonObject body)
    {
        if (body.GetText("HostConfig", "NetworkMode") == "host")
            yield return "the host's network (HostConfig.NetworkMode)";
        foreach (var (port, bindings) in body.GetMap("HostConfig", "PortBindings"))
            if ((bindings as JsonArray ?? []).OfType<JsonObject>().Select(binding => binding.GetText("HostPort")).FirstOrDefault(IsFixed) is { } hostPort)
                yield return $"the fixed host port {hostPort} (for {port})";
        foreach (var (network, endpoint) in body.GetMap("NetworkingConfig", "EndpointsConfig"))
            if (endpoint is JsonObject settings && (HasAddress(settings) || settings.GetText("MacAddress").Length > 0))
                yield return $"a fixed address in the network {network}";
        if (body.GetText("MacAddress").Length > 0)
            yield return "a fixed MacAddress";
    }

    private static bool IsFixed(string hostPort) => hostPort.Length > 0 && hostPort != "0" && !hostPort.Contains('-');

    private static bool HasAddress(JsonObject endpoint) =>
        endpoint.GetText("IPAMConfig", "IPv4Address").Length > 0 || endpoint.GetText("IPAMConfig", "IPv6Address").Length > 0;
}
