using System.Collections.Immutable;

namespace EdgeOperator.Core.Fleets.Plans;

/// <summary>What a device would do with a revision.</summary>
/// <param name="Steps">A line each, without what is each device's own, such as the ids of its containers.</param>
/// <param name="Problems">Why it would not take the revision, or not all of it.</param>
/// <param name="Restarts">Resources that would be stopped or restarted.</param>
/// <param name="Downloads">What it would fetch, apart from the revision itself.</param>
public sealed record DevicePlan(ImmutableArray<string> Steps, ImmutableArray<string> Problems, int Restarts, ImmutableArray<string> Downloads)
{
    /// <summary>It would not take the revision, or could never have all of it: a file where the device allows none, a Secret that it can't open.</summary>
    public bool IsInvalid { get; init; }

    /// <summary>It would fetch the revision's artifact.</summary>
    public bool NeedsArtifact { get; init; }

    public static DevicePlan Invalid(ImmutableArray<string> problems) => new([], problems, 0, []) { IsInvalid = true };
}
