using System.Collections.Immutable;

namespace EdgeOperator.Core.Kinds.VirtualMachine;

public enum MachinePhase
{
    Stopped,

    /// <summary>It runs, and its guest has not answered since it was started.</summary>
    Booting,
    Running,

    /// <summary>It was halted, by an error of a disk or by somebody; <see cref="ObservedVirtualMachine.Detail"/> says why.</summary>
    Paused,

    /// <summary>It runs, and its guest, which had answered, has not done so for too long.</summary>
    Hung,
}

public enum MachineDiskState
{
    Missing,
    Good,

    /// <summary>It can't be used as it is.</summary>
    Damaged,
}

/// <summary>One way in which a machine is not as desired.</summary>
/// <param name="What">For people: <c>memory 512→1024 MiB</c>.</param>
/// <param name="NeedsRestart">Otherwise the running machine can be changed.</param>
public sealed record MachineChange(string What, bool NeedsRestart);

/// <summary>A virtual machine on the device.</summary>
public sealed record ObservedVirtualMachine
{
    public required string Name { get; init; }

    /// <summary>Never <see cref="MachineDriver.Auto"/>.</summary>
    public required MachineDriver Driver { get; init; }

    /// <summary>Why the machine can neither be observed nor changed: the driver's system is not there, the machine's files can't be read; null when it can.</summary>
    public string? Unavailable { get; init; }

    /// <summary>Why this host can't have the machine as it is desired, such as a shared folder that may not be shared; null when it can.</summary>
    public string? Refused { get; init; }

    /// <summary>Why it could not be started now as it is desired, such as a folder that is missing; null when it could, or need not be.</summary>
    public string? StartObstacle { get; init; }

    /// <summary>What the host lacks of what its guest is to be able to call, as it is desired; null when it lacks nothing.</summary>
    public string? InteropProblem { get; init; }

    public MachinePhase Phase { get; init; }

    /// <summary>Why it is in its phase, or why one has ended that was not stopped; null when it is not known.</summary>
    public string? Detail { get; init; }

    /// <summary>A part of it that has ended while it runs on, and that only a new start brings back; null when all is there.</summary>
    public string? Broken { get; init; }

    /// <summary>Whether the machine should run: false after a requested stop.</summary>
    public bool IsAskedToRun { get; init; }

    /// <summary>What it was last made like, live changes included; null when it was never started.</summary>
    public VirtualMachineConfig? Applied { get; init; }

    /// <summary>Differences from what is desired that <see cref="Applied"/> does not show and only the driver can see.</summary>
    public ImmutableArray<MachineChange> Drift { get; init; } = [];

    /// <summary>Whether the files by which the command line enters the machine are missing or out of date, and could be written now.</summary>
    public bool IsAccessOutdated { get; init; }

    /// <summary>Hashes of the verified images that lie ready for this machine (SHA-256, lower-case hex).</summary>
    public ImmutableArray<string> Images { get; init; } = [];

    /// <summary>The overlay over the image: replaceable.</summary>
    public MachineDiskState SystemDisk { get; init; }

    /// <summary>What the guest keeps: never replaced.</summary>
    public MachineDiskState DataDisk { get; init; }

    /// <summary>When the machine was started, by the agent's steady clock.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>How long a machine that runs has waited for a processor of the host since it was started; zero when that is not known.</summary>
    public TimeSpan WaitedForHost { get; init; }

    /// <summary>What the guest last said of itself; null until it has answered.</summary>
    public GuestReport? Guest { get; init; }
}

/// <summary>What a guest says of itself.</summary>
public sealed record GuestReport
{
    /// <summary>The kernel's id of the boot.</summary>
    public required string BootId { get; init; }

    public TimeSpan Uptime { get; init; }

    /// <summary>Bytes.</summary>
    public long MemoryTotal { get; init; }

    public long MemoryAvailable { get; init; }

    /// <summary>Bytes of the data disk's file system.</summary>
    public long DiskTotal { get; init; }

    public long DiskUsed { get; init; }

    /// <summary>Bytes that programs without privileges may still write; null when it is not known.</summary>
    public long? DiskAvailable { get; init; }

    /// <summary>Files that may still be made; null when it is not known.</summary>
    public long? DiskInodes { get; init; }

    /// <summary>Why hardly anything can be written to the data disk any more; null when it can.</summary>
    public string? DiskFull => DiskTotal <= 0 ? null
        : DiskAvailable < Math.Min(DiskTotal / 100, MostReserve) ? $"its data disk is full ({DiskUsed >> 20} of {DiskTotal >> 20} MiB are used): free space in the guest, or make disk.size larger"
        : DiskInodes == 0 ? "its data disk can hold no more files: remove some in the guest, or make disk.size larger"
        : null;

    /// <summary>Bytes: with as much, no disk is full, however large it is.</summary>
    private const long MostReserve = 64L << 20;

    public ImmutableArray<string> Addresses { get; init; } = [];

    /// <summary>The host's address, as the guest sees it; null when it is not known.</summary>
    public string? Host { get; init; }

    /// <summary>Its clock when it reported, in whole seconds; null when it does not say.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>How far its clock is from the host's; zero when it is right or not known.</summary>
    public TimeSpan ClockOffset { get; init; }

    /// <summary>The container engine's version; null while none answers.</summary>
    public string? Engine { get; init; }

    /// <summary>The system's version, as the image names it.</summary>
    public string? Image { get; init; }

    /// <summary>The slot that it runs from, <c>a</c> or <c>b</c>; null when it has none.</summary>
    public string? Slot { get; init; }

    /// <summary>The hash of the provisioning that was completed last; null when none was.</summary>
    public string? Provisioned { get; init; }

    /// <summary>What went wrong inside, in a line; null when nothing did.</summary>
    public string? Problem { get; init; }
}
