using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Planning;

/// <summary>What the back-off entries tell of the revision that a device is on its way to.</summary>
public static class AttemptFailures
{
    /// <summary>Why the device itself keeps a resource, which is not Ready, from its goal; null when it does not.</summary>
    public static Failure? OfDevice(DesiredState desired, ImmutableArray<ReadinessReport> reports, ImmutableDictionary<ResourceId, BackOff> backOff) =>
        First(desired, backOff, (id, entry) => entry.Fault == Fault.Device && reports.Any(report => report.Resource == id && !report.IsReady));

    /// <summary>What of a revision that is being fetched has failed to come; null when nothing has.</summary>
    public static Failure? OfFetch(DesiredState desired, ImmutableDictionary<ResourceId, BackOff> backOff) => First(desired, backOff, (_, _) => true);

    /// <summary>What has failed for good by what is seen of it, whether or not a step was told so; null when nothing has.</summary>
    public static Failure? Final(ImmutableArray<ReadinessReport> reports) =>
        reports.FirstOrDefault(report => report is { IsFinal: true, Level: ReadinessLevel.Failed }) is { } report ? new(report.Reason, $"{report.Resource}: {report.FullExplanation}") : null;

    private static Failure? First(DesiredState desired, ImmutableDictionary<ResourceId, BackOff> backOff, Func<ResourceId, BackOff, bool> counts)
    {
        foreach (var (id, entry) in backOff.OrderBy(entry => entry.Key))
        {
            if (entry.Failures > 0 && desired.Resources.GetValueOrDefault(id)?.SpecHash == entry.SpecHash && counts(id, entry))
                return new(entry.Reason, $"{id}: {FaultAdvice.Complete(entry)}");
        }

        return null;
    }
}
