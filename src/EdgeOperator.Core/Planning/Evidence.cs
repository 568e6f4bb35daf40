using System.Collections.Immutable;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Planning;

/// <summary>What the health gate judges an attempt by.</summary>
/// <param name="Desired">The attempt's resources, which may have times of their own.</param>
/// <param name="Reports">What <see cref="Readiness"/> says of each of them now.</param>
public sealed record Evidence(DesiredState Desired, ImmutableArray<ReadinessReport> Reports)
{
    /// <summary>What could not be fetched before the beginning is on its way: the deadline counts from its arrival.</summary>
    public bool IsFetching { get; init; }

    /// <summary>Why the device itself keeps the revision from its goal; the deadline counts from its end. Null when it does not.</summary>
    public Failure? DeviceFault { get; init; }

    /// <summary>A step that would fail the same way again, through the revision's own fault; null when there is none.</summary>
    public Failure? TerminalFailure { get; init; }

    /// <summary>What can't be fetched, while the attempt is fetching; null when all comes.</summary>
    public Failure? FetchFailure { get; init; }

    /// <summary>What the modules run: what the revision is made of once it is good.</summary>
    public ImmutableArray<PinnedImage> Images { get; init; } = [];

    /// <summary>What the revision was composed of.</summary>
    public ImmutableArray<RevisionPart> Parts { get; init; } = [];

    /// <summary>The time by the wall clock, which is only shown.</summary>
    public DateTimeOffset WallClock { get; init; }
}

/// <param name="Reason">One CamelCase word.</param>
/// <param name="Message">A sentence, which names the resource.</param>
public sealed record Failure(string Reason, string Message);

/// <param name="Deadline">How long a resource without a time of its own may take to become Ready.</param>
/// <param name="StableFor">How long everything must stay Ready.</param>
/// <param name="KeepRevisions">How many good revisions are kept, from 1.</param>
public sealed record GateTimes(TimeSpan Deadline, TimeSpan StableFor, int KeepRevisions = 1);
