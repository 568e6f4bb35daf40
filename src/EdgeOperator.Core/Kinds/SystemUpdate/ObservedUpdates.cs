using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.SystemUpdate.Packages;
using EdgeOperator.Core.Kinds.SystemUpdate.Reboots;
using EdgeOperator.Core.Kinds.SystemUpdate.Releases;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Kinds.SystemUpdate;

/// <summary>What can be seen of a device's software and of its updates.</summary>
public sealed record ObservedUpdates
{
    public static ObservedUpdates Nothing { get; } = new();

    /// <summary>What must be added to the agent's steady time for the wall clock, by which windows go; whole seconds.</summary>
    public TimeSpan ClockOffset { get; init; }

    /// <summary>When the device was switched on, by the wall clock, to the minute; null when that is not known.</summary>
    public DateTimeOffset? RunningSince { get; init; }

    /// <summary>By the names of the SystemUpdates that ask for packages.</summary>
    public ImmutableSortedDictionary<string, ObservedPackages> Packages { get; init; } = ImmutableSortedDictionary<string, ObservedPackages>.Empty;

    /// <summary>The transaction under way, or the last one; null when there was none.</summary>
    public PackageTransaction? Transaction { get; init; }

    /// <summary>Whether something works on <see cref="Transaction"/>.</summary>
    public bool IsWorking { get; init; }

    /// <summary>The kernel's id of this boot; null where there is none.</summary>
    public string? Boot { get; init; }

    /// <summary>Why the device should be rebooted, by what is found on it and has changed in this boot.</summary>
    public ImmutableArray<string> RebootReasons { get; init; } = [];

    /// <summary>The reboot under way, or the last one; null when there was none.</summary>
    public DeviceReboot? Reboot { get; init; }

    /// <summary>When the agent first ran after the reboot under way, by its steady time.</summary>
    public DateTimeOffset BootedAt { get; init; }

    /// <summary>The versions of the agent; null when nothing is known of them.</summary>
    public ObservedReleases? Agent { get; init; }

    /// <summary>By the names of SystemUpdates: when and by whom their windows were overridden last.</summary>
    public ImmutableSortedDictionary<string, WindowOverride> Overrides { get; init; } = ImmutableSortedDictionary<string, WindowOverride>.Empty;

    public static ObservedUpdates Of(ObservedState observed) => observed.Part<ObservedUpdates>() ?? Nothing;
}

/// <summary>Somebody asked for an update to happen without its window.</summary>
/// <param name="At">By the wall clock.</param>
/// <param name="By">Who asked.</param>
public sealed record WindowOverride(DateTimeOffset At, string By)
{
    /// <summary>For how long it holds, unless the update is over before.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromHours(1);
}

/// <summary>The packages of a device as one SystemUpdate concerns them, and what apt would do for it.</summary>
public sealed record ObservedPackages
{
    /// <summary>Why packages can neither be read nor changed, such as a system without apt; null when they can.</summary>
    public string? Unavailable { get; init; }

    /// <summary>When package lists were last fetched for it, by the wall clock; null when never.</summary>
    public DateTimeOffset? RefreshedAt { get; init; }

    /// <summary>What was asked for when they were fetched last: a manifest that asks for something else may ask for what came since.</summary>
    public string? RefreshedFor { get; init; }

    /// <summary>What was asked for when a transaction or a look found all as desired; see <see cref="SystemUpdateSpec.PackagesHash"/>.</summary>
    public string? AppliedHash { get; init; }

    /// <summary>What apt would be asked for; see <see cref="PackageTransaction.Request"/>.</summary>
    public ImmutableArray<string> Request { get; init; } = [];

    /// <summary>What apt would do.</summary>
    public ImmutableArray<PackageChange> Changes { get; init; } = [];

    /// <summary>Why apt would not do it, or why it would do more than is asked for; null when all is well.</summary>
    public string? Problem { get; init; }

    /// <summary>Bytes that are still to be fetched.</summary>
    public long ToFetch { get; init; }

    /// <summary>Bytes that the packages take more on the disk afterwards; negative when less.</summary>
    public long Growth { get; init; }

    /// <summary>Why there is too little space; null when there is enough.</summary>
    public string? LacksSpace { get; init; }

    /// <summary>Packages whose installed version could not be brought back, because nothing has it.</summary>
    public ImmutableArray<string> Irreversible { get; init; } = [];

    /// <summary>Packages to hold that are not, and packages that the agent holds and that are not to be held any more.</summary>
    public ImmutableArray<string> Hold { get; init; } = [];

    public ImmutableArray<string> Unhold { get; init; } = [];

    /// <summary>Packages that an earlier run of dpkg has left unfinished.</summary>
    public ImmutableArray<string> Interrupted { get; init; } = [];

    /// <summary>Changes that are known to need a reboot, by the packages' names.</summary>
    public ImmutableArray<string> NeedReboot { get; init; } = [];

    public bool IsInSync => Changes.IsEmpty && Hold.IsEmpty && Unhold.IsEmpty && Interrupted.IsEmpty;

    /// <summary>The same for the same changes.</summary>
    public string ChangesHash => string.Join(' ', Changes.Select(c => $"{c.Name}={c.To}").Concat(Hold.Select(h => $"hold:{h}")).Concat(Unhold.Select(u => $"unhold:{u}")).Concat(Interrupted.Select(i => $"finish:{i}")));
}
