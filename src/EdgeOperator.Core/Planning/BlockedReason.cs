namespace EdgeOperator.Core.Planning;

/// <summary>Why a plan leaves a resource alone: stable words, for programs.</summary>
public static class BlockedReason
{
    public const string Suspended = nameof(Suspended);

    /// <summary>
    /// The container engine can't be read, so nothing is known about its containers. A problem when it is the host's; that of a
    /// virtual machine comes and goes with the machine.
    /// </summary>
    public const string EngineUnavailable = nameof(EngineUnavailable);

    /// <summary>A container that is not the resource's own has the name that the resource needs.</summary>
    public const string NameClash = nameof(NameClash);

    /// <summary>The image is not on the engine and must not be pulled.</summary>
    public const string ImageMissing = nameof(ImageMissing);

    public const string PathRefused = nameof(PathRefused);

    /// <summary>Two resources ask for the same path.</summary>
    public const string PathClash = nameof(PathClash);

    /// <summary>The system that runs virtual machines is not there, or can't be asked.</summary>
    public const string DriverUnavailable = nameof(DriverUnavailable);

    /// <summary>This host can't have the machine as it is desired.</summary>
    public const string MachineRefused = nameof(MachineRefused);

    /// <summary>A machine's data disk can't be used, and nothing may replace it.</summary>
    public const string DiskDamaged = nameof(DiskDamaged);

    /// <summary>A machine's disk is asked to change as disks can't.</summary>
    public const string DiskRefused = nameof(DiskRefused);

    public const string DependencyNotFound = nameof(DependencyNotFound);

    public const string DependencyCycle = nameof(DependencyCycle);

    /// <summary>A dependency is held by a problem of its own.</summary>
    public const string DependencyHeld = nameof(DependencyHeld);

    /// <summary>Whether the device can never have what is held, as long as its manifests and configuration stay as they are.</summary>
    public static bool IsForGood(string reason) => reason is DependencyNotFound or DependencyCycle or PathRefused or PathClash or MachineRefused or DiskRefused;
}
