using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Planning;

/// <summary>
/// The last failure of each resource that is not Ready. A container that has just been restarted only says that it starts; why it was
/// restarted is what whoever looks wants to know.
/// </summary>
public static class FailureCauses
{
    /// <summary>The causes after another look: kept until the resource is Ready, or asks for something else.</summary>
    public static ImmutableDictionary<ResourceId, FailureCause> After(
        ImmutableDictionary<ResourceId, FailureCause> before, DesiredState desired, ImmutableArray<ReadinessReport> reports)
    {
        var after = ImmutableDictionary.CreateBuilder<ResourceId, FailureCause>();
        foreach (var report in reports)
        {
            var spec = desired.Resources[report.Resource].SpecHash;
            if (report.Level == ReadinessLevel.Failed)
                after[report.Resource] = new(spec, report.Reason, report.Message) { Output = report.Output };
            else if (!report.IsReady && before.TryGetValue(report.Resource, out var known) && known.SpecHash == spec)
                after[report.Resource] = known;
        }

        return after.ToImmutable();
    }

    /// <summary>The reports with the causes behind them.</summary>
    public static ImmutableArray<ReadinessReport> Explain(ImmutableArray<ReadinessReport> reports, ImmutableDictionary<ResourceId, FailureCause> causes) =>
    [
        .. reports.Select(report => report.Level == ReadinessLevel.Progressing && causes.TryGetValue(report.Resource, out var cause)
            ? report with { Cause = cause.Message, Output = report.Output ?? cause.Output }
            : report),
    ];
}

/// <param name="SpecHash">The spec that failed.</param>
public sealed record FailureCause(string SpecHash, string Reason, string Message)
{
    /// <inheritdoc cref="ReadinessReport.Output"/>
    public string? Output { get; init; }
}
