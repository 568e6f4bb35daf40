using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.SystemUpdate.Packages;

namespace EdgeOperator.Core.Kinds.SystemUpdate;

public enum TransactionPhase
{
    /// <summary>It has changed nothing yet.</summary>
    Preparing,

    Applying,

    Checking,

    /// <summary>It failed, and the versions from before are being brought back.</summary>
    GoingBack,

    /// <summary>It is over, and the packages are as asked for.</summary>
    Applied,

    /// <summary>It is over, and the packages are as they were before.</summary>
    WentBack,

    /// <summary>It is over, and has changed nothing.</summary>
    Refused,

    /// <summary>It is over, and the packages are neither as asked for nor as before.</summary>
    Broken,
}

/// <summary>One change of packages as a whole. It is written to the disk at each new phase, and so taken up again wherever it was cut short.</summary>
public sealed record PackageTransaction
{
    /// <summary>Unique on the device; letters and digits.</summary>
    public required string Id { get; init; }

    /// <summary>The name of the SystemUpdate that it serves.</summary>
    public required string Update { get; init; }

    /// <inheritdoc cref="SystemUpdateSpec.PackagesHash"/>
    public required string PackagesHash { get; init; }

    /// <summary>See <see cref="ObservedPackages.ChangesHash"/>.</summary>
    public required string ChangesHash { get; init; }

    /// <summary>The revisions that have asked for these changes, the one of this transaction last: those that did before have failed with them.</summary>
    public ImmutableArray<string> Revisions { get; init; } = [];

    /// <summary>What apt is asked to install: <c>name=version</c>, or <c>name-</c> to remove.</summary>
    public ImmutableArray<string> Request { get; init; } = [];

    public ImmutableArray<PackageChange> Changes { get; init; } = [];

    /// <summary>Packages to hold afterwards.</summary>
    public ImmutableArray<string> Hold { get; init; } = [];

    /// <summary>Packages that were held, and are not to be any more.</summary>
    public ImmutableArray<string> Unhold { get; init; } = [];

    /// <summary>Packages that are changed and were held before: dpkg forgets a hold when it unpacks another version.</summary>
    public ImmutableArray<string> Held { get; init; } = [];

    /// <summary>The processes of container engines that ran before, where packages of engines are changed.</summary>
    public ImmutableArray<RunningProcess> Engines { get; init => field = value.IsDefault ? [] : value; } = [];

    public ImmutableArray<UpdateCheck> Checks { get; init; } = [];

    public TransactionPhase Phase { get; init; }

    /// <summary>How often it was begun or taken up again.</summary>
    public int Attempts { get; init; }

    /// <summary>How it goes or has ended, for people.</summary>
    public string Message { get; init; } = "";

    /// <summary>What has failed may pass by itself, such as a lock that another program holds: it is tried again.</summary>
    public bool IsPassing { get; init; }

    /// <summary>The disk had no space left: that is why it failed, or why going back can't go on.</summary>
    public bool IsDiskFull { get; init; }

    /// <summary>Packages that were installed for others alone, which so they stay.</summary>
    public ImmutableArray<string> Automatic { get; init; } = [];

    /// <summary>Why it was begun outside of its window; null when it was not.</summary>
    public string? Override { get; init; }

    /// <summary>By the wall clock.</summary>
    public DateTimeOffset BeganAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The kernel's id of the boot that it ended in.</summary>
    public string? Boot { get; init; }

    public bool IsOver => Phase is TransactionPhase.Applied or TransactionPhase.WentBack or TransactionPhase.Refused or TransactionPhase.Broken;

    public bool HasFailed => IsOver && Phase != TransactionPhase.Applied;

    /// <summary>Whether it has failed in a way that it would fail again.</summary>
    /// <param name="changes">See <see cref="ObservedPackages.ChangesHash"/>.</param>
    public bool HasFailedWith(string update, string changes) => HasFailed && !IsPassing && Update == update && ChangesHash == changes;
}

/// <param name="Name">As the kernel has it: <c>dockerd</c>.</param>
/// <param name="StartTime">In ticks since the boot, as <c>/proc/PID/stat</c> has it.</param>
public sealed record RunningProcess(string Name, int Id, ulong StartTime);
