using System.Collections.Immutable;

namespace EdgeOperator.Core.Fleets.Plans;

/// <summary>What a revision would do to a fleet.</summary>
/// <param name="Devices">In the fleet.</param>
/// <param name="Changed">Those that would do something.</param>
/// <param name="Unchanged">Those that would do nothing.</param>
/// <param name="Invalid">Those that would not take it.</param>
/// <param name="Unknown">Those that can't be planned for.</param>
/// <param name="Restarts">Resources of all devices together that would be stopped or restarted.</param>
/// <param name="DownloadSize">Bytes of all downloads together, as far as they are known.</param>
/// <param name="Groups">Devices with the same plan, the most of them first.</param>
/// <param name="Unplanned">Devices that can't be planned for, by why.</param>
public sealed record FleetPlan(
    int Devices, int Changed, int Unchanged, int Invalid, int Unknown, int Restarts, long DownloadSize,
    ImmutableArray<PlannedDownload> Downloads, ImmutableArray<PlannedGroup> Groups, ImmutableArray<UnplannedGroup> Unplanned)
{
    /// <summary>Groups beyond those that are listed; 0 for none.</summary>
    public int OtherGroups { get; init; }
}

/// <param name="What">An image, a package, or the revision's artifact.</param>
/// <param name="Devices">That would fetch it.</param>
/// <param name="Size">Bytes that each of them would fetch; null when nobody knows. Of an image, what it takes on the disk of a device that has it.</param>
public sealed record PlannedDownload(string What, int Devices, long? Size);

/// <param name="Names">Of some of its devices.</param>
/// <param name="Restarts">Of each device.</param>
public sealed record PlannedGroup(int Devices, ImmutableArray<string> Names, bool IsInvalid, int Restarts, ImmutableArray<string> Steps, ImmutableArray<string> Problems);

/// <param name="Names">Of some of them.</param>
public sealed record UnplannedGroup(string Reason, int Devices, ImmutableArray<string> Names);
