using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Checks;

/// <summary>Whether names are found, and the hub is reached.</summary>
internal static class NetworkCheck
{
    private const string Name = "dns";
    private const string HubArea = "hub";

    public static IEnumerable<CheckResult> Dns(IReadOnlyList<ProbedEndpoint> network)
    {
        var named = network.Where(e => e.Endpoint.IsNamed).DistinctBy(e => e.Endpoint.Host).ToList();
        var missing = named.Where(e => e.NameProblem is not null).ToList();
        if (named.Count == 0)
            return [CheckResult.Skipped(Name, "no source has a server's name")];
        return missing.Count == 0
            ? [CheckResult.Ok(Name, $"found: {string.Join(", ", named.Select(e => e.Endpoint.Host))}")]
            : missing.Select(e => CheckResult.Error(Name, $"{e.Endpoint.Host} is not found: {e.NameProblem}", "see the name server in /etc/resolv.conf, the network's, and the spelling in agent.yaml"));
    }

    public static IEnumerable<CheckResult> Hub(CheckContext context, IReadOnlyList<ProbedEndpoint> network)
    {
        var results = network.Where(e => e.Endpoint.IsHub && e.NameProblem is null).Select(e => Of(HubArea, e)).ToList();
        foreach (var twin in context.Configuration.Sources.OfType<TwinSourceConfiguration>())
            if (context.Status?.Sources.FirstOrDefault(s => s.Name == twin.Name) is { Ready: { Status: not Core.State.ConditionStatus.True } ready })
                results.Add(CheckResult.Error(HubArea, $"the agent has not read its twin at {twin.Hub}: {ready.Message}", ready.Reason switch
                {
                    "EnrollmentPending" => "an operator approves it: `edgeop hub enrollments approve`",
                    "AuthenticationFailed" => "see that the device is registered and enabled at the hub, and its key or certificate the one that the hub knows",
                    _ => "see the lines above",
                }));
        return results.Count > 0 ? results : network.Any(e => e.Endpoint.IsHub) ? [] : [CheckResult.Skipped(HubArea, "the device has no hub")];
    }

    /// <summary>How a server was reached.</summary>
    public static CheckResult Of(string area, ProbedEndpoint probed)
    {
        var name = $"{probed.Endpoint.Host}:{probed.Endpoint.Port}";
        return probed.ConnectProblem is { } problem ? CheckResult.Error(area, $"{name} can't be reached: {problem}", $"see that the server runs and that no firewall stands in the way of outgoing port {probed.Endpoint.Port}")
            : probed.TlsProblem is { } distrust ? CheckResult.Error(area, $"{name} is reached, but not trusted: {distrust}", probed.Endpoint.CaFile is { } file ? $"put the certificate of the server's authority into {file}; see the clock, too" : "name the certificate of the server's authority as caFile of the source in agent.yaml; see the clock, too")
            : CheckResult.Ok(area, probed.Endpoint.HasTls ? $"{name} is reached and trusted" : $"{name} is reached");
    }
}
