namespace EdgeOperator.Core.Planning;

/// <summary>Why a plan leaves a resource alone: their names are stable words, for programs.</summary>
public enum BlockedReason
{
    Suspended,

    /// <summary>
    /// The container engine can't be read, so nothing is known about its containers. A problem when it is the host's; that of a
    /// virtual machine comes and goes with the machine.
    /// </summary>
    EngineUnavailable,

    /// <summary>A container that is not the resource's own has the name that the resource needs.</summary>
    NameClash,

    /// <summary>The image is not on the engine and must not be pulled.</summary>
    ImageMissing,

    PathRefused,

    /// <summary>Two resources ask for the same path.</summary>
    PathClash,

    /// <summary>The system that runs virtual machines is not there, or can't be asked.</summary>
    DriverUnavailable,

    /// <summary>This host can't have the machine as it is desired.</summary>
    MachineRefused,

    /// <summary>What the resource needs of the device is not there now; nothing is stopped for it until it is.</summary>
    PreconditionFailed,

    /// <summary>A machine's data disk can't be used, and nothing may replace it.</summary>
    DiskDamaged,

    /// <summary>A machine's disk is asked to change as disks can't.</summary>
    DiskRefused,

    /// <summary>What differs is changed in a maintenance window, and that is closed.</summary>
    WaitingForWindow,

    /// <summary>A maintenance window never opens here, such as one in a time zone that is not known.</summary>
    WindowNeverOpens,

    /// <summary>Another update is under way, and there is one at a time.</summary>
    WaitingForUpdate,

    /// <summary>A reboot is under way, or what asks for one again was not settled by the last.</summary>
    WaitingForReboot,

    /// <summary>The package manager would not do it, or would do more than is asked for; or it is a version of the agent that may not run here.</summary>
    UpdateRefused,

    /// <summary>It was tried, has failed, and would fail again.</summary>
    UpdateFailed,

    /// <summary>There is too little space for what would have to be written, which so is not begun.</summary>
    DiskTooFull,

    /// <summary>None of the device's keys opens the Secret, or the Secret that the resource needs.</summary>
    SecretUnreadable,

    DependencyNotFound,

    DependencyCycle,

    /// <summary>A dependency is blocked by a problem of its own.</summary>
    DependencyBlocked,

    /// <summary>It failed, or was started again, not long ago, and waits for its next attempt.</summary>
    BackOff,
}

public static class BlockedReasons
{
    /// <summary>Whether the device can never have what is blocked, as long as its manifests and configuration stay as they are.</summary>
    public static bool IsForGood(this BlockedReason reason) => reason is BlockedReason.DependencyNotFound or BlockedReason.DependencyCycle
        or BlockedReason.PathRefused or BlockedReason.PathClash or BlockedReason.MachineRefused or BlockedReason.DiskRefused;
}
