using System.Collections.Immutable;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.Metrics;

namespace EdgeOperator.Functions.Hosting;

/// <summary>A generation's functions, those that can't run included.</summary>
internal static class FunctionReports
{
    public static ImmutableArray<FunctionReport> Of(Generation generation, string? url, FunctionMetrics metrics)
    {
        var errors = generation.Problems.ToLookup(p => p.Function, p => p.Message, StringComparer.OrdinalIgnoreCase);
        var routes = generation.Requests.Routes.Routes.ToLookup(r => r.Function.Name, r => r.Template);
        var known = generation.Running.Functions.Select(f =>
        {
            var count = metrics.Of(f.Name);
            return new FunctionReport(
                f.Name,
                f.Trigger.Type,
                f.Disabled,
                routes[f.Name].FirstOrDefault() is { } template ? $"{url}/{template}" : null,
                errors[f.Name].FirstOrDefault(),
                count.Invocations,
                count.Failures,
                count.LastInvocation,
                count.LastError);
        });
        var broken = errors.Where(e => generation.Find(e.Key) is null)
            .Select(e => new FunctionReport(e.Key, "", false, null, string.Join(" ", e), 0, 0, null, null));
        return [.. known.Concat(broken).OrderBy(f => f.Name, StringComparer.OrdinalIgnoreCase)];
    }
}
