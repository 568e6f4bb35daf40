using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Schedules;

namespace EdgeOperator.Core.Fleets;

/// <summary>How a revision reaches the devices of a fleet. Canonical: what the manifest leaves out has its default.</summary>
public sealed record RolloutPolicy
{
    /// <summary>In order. Devices that none of them takes are in a last batch of their own.</summary>
    public ImmutableArray<BatchPolicy> Batches { get; init; } = [];

    /// <summary>For batches that don't say, in percent.</summary>
    public int SuccessThreshold { get; init; } = 90;

    /// <inheritdoc cref="SuccessThreshold"/>
    public TimeSpan Soak { get; init; }

    /// <inheritdoc cref="SuccessThreshold"/>
    public Approval Approval { get; init; }

    /// <summary>How long a device may take from being given a revision until it reports it and Ready; from 1 minute on.</summary>
    public TimeSpan UpdateTimeout { get; init; } = TimeSpan.FromHours(1);

    public DisruptionBudget? DisruptionBudget { get; init; }

    public DownloadLimit? MaxConcurrentDownloads { get; init; }

    /// <summary>Devices of a batch start within so long after it, each at its own time.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>Devices begin while one of them is open; empty for always. What has begun goes on.</summary>
    public ImmutableArray<MaintenanceWindow> Windows { get; init; } = [];

    public FailureAction OnFailure { get; init; }
}

/// <param name="Name">Unique in the policy.</param>
/// <param name="Selector">Null for every device.</param>
/// <param name="Limit">Null for all that the selector takes.</param>
public sealed record BatchPolicy(string Name, DeviceSelector? Selector = null, Amount? Limit = null)
{
    /// <summary>The share of devices, in percent, that must report the revision and Ready; null as the policy says.</summary>
    public int? SuccessThreshold { get; init; }

    /// <summary>How long the devices must stay so before the next batch begins; null as the policy says.</summary>
    public TimeSpan? Soak { get; init; }

    /// <summary>Null as the policy says.</summary>
    public Approval? Approval { get; init; }
}

public enum Approval
{
    Automatic,

    /// <summary>Somebody has to approve it before it begins.</summary>
    Manual,
}

/// <summary>What follows when a batch misses its threshold.</summary>
public enum FailureAction
{
    /// <summary>Nothing more begins.</summary>
    Pause,

    /// <summary>Devices that were given the revision get back what each had.</summary>
    RollBack,
}

/// <summary>How many devices of a group may be away at the same time.</summary>
/// <param name="GroupBy">Labels by whose values devices are grouped; empty for the whole fleet.</param>
/// <param name="MaxUnavailable">Being updated, or not Ready.</param>
/// <param name="MinAvailable">Connected, Ready and not being updated.</param>
public sealed record DisruptionBudget(ImmutableArray<string> GroupBy, Amount? MaxUnavailable = null, Amount? MinAvailable = null);

/// <summary>How many devices of a group may fetch a revision at the same time.</summary>
/// <inheritdoc cref="DisruptionBudget"/>
public sealed record DownloadLimit(int Limit, ImmutableArray<string> GroupBy);
