using EdgeOperator.Agent.Hardware;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Checks;

/// <summary>When certificates end: the device's own, those that it trusts, and those that servers have shown.</summary>
internal static class CertificateCheck
{
    private const string Area = "certificates";

    /// <summary>So long before its end somebody should know.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    public static IEnumerable<CheckResult> Run(CheckContext context, IReadOnlyList<ProbedEndpoint> network)
    {
        var now = context.Time.GetUtcNow();
        var results = new List<CheckResult>();
        foreach (var (name, file, renews) in DeviceCertificates.Files(context.Configuration, context.EnrolledFile))
            results.Add(DeviceCertificates.Read(name, file, renews) is { } certificate
                ? Judge($"the certificate of {name}", certificate.Expires, now, renews ? "the agent renews it by itself while the hub is there: see `hub` above" : $"replace {file}")
                : CheckResult.Error(Area, $"the certificate of {name} can't be read ({file})", "put a certificate in PEM there, readable for root"));
        foreach (var endpoint in network.Where(e => e.CertificateEnd is not null).DistinctBy(e => (e.Endpoint.Host, e.CertificateEnd)))
            results.Add(Judge($"the certificate that {endpoint.Endpoint.Host}:{endpoint.Endpoint.Port} shows", endpoint.CertificateEnd!.Value, now, "whoever runs that server has to renew it"));
        return results.Count > 0 ? results : [CheckResult.Skipped(Area, "the configuration names none, and no server has shown one")];
    }

    private static CheckResult Judge(string what, DateTimeOffset end, DateTimeOffset now, string fix) =>
        end < now ? CheckResult.Error(Area, $"{what} has ended on {end:yyyy-MM-dd}", fix)
        : end - now < Soon ? CheckResult.Warning(Area, $"{what} ends on {end:yyyy-MM-dd}, in {(end - now).TotalDays:0} days", fix)
        : CheckResult.Ok(Area, $"{what} is good until {end:yyyy-MM-dd}");
}
