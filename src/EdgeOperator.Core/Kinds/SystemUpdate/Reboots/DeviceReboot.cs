using System.Collections.Immutable;

namespace EdgeOperator.Core.Kinds.SystemUpdate.Reboots;

public enum RebootPhase
{
    /// <summary>It is decided, and nothing has stopped for it yet.</summary>
    Announced,

    /// <summary>The system was asked to reboot.</summary>
    Requested,

    /// <summary>The device has started again, and is not known to be well.</summary>
    Checking,

    /// <summary>It is over, and the device is well.</summary>
    Good,

    /// <summary>It is over, and the device was not well after it; or it did not come about.</summary>
    Failed,
}

/// <summary>One reboot of a device by the agent. It is written to the disk at each new phase and at each boot, before anything else happens.</summary>
public sealed record DeviceReboot
{
    /// <summary>How often the device may be started before it is known to be well: more than once only when something else restarts it.</summary>
    public const int MostBoots = 3;

    /// <summary>How often the system is asked to reboot before that counts as refused.</summary>
    public const int MostRequests = 3;

    /// <summary>The name of the SystemUpdate that has the device rebooted.</summary>
    public required string Update { get; init; }

    /// <summary>The revision that asks for it.</summary>
    public required string Revision { get; init; }

    /// <summary>Why, for people.</summary>
    public ImmutableArray<string> Reasons { get; init; } = [];

    /// <summary>The last transaction of packages before it, which goes back when the device is not well afterwards; null when there was none in that boot.</summary>
    public string? Transaction { get; init; }

    /// <summary>By the wall clock.</summary>
    public DateTimeOffset At { get; init; }

    public RebootPhase Phase { get; init; }

    /// <summary>How often the system was asked.</summary>
    public int Requests { get; init; }

    /// <summary>How often the device was started since.</summary>
    public int Boots { get; init; }

    /// <summary>The kernel's id of the boot that was seen last.</summary>
    public string? Boot { get; init; }

    /// <summary>How long the kernel had run when the agent first ran in that boot, in milliseconds.</summary>
    public long BootSeenAt { get; init; }

    /// <summary>The scripts that check a boot have all succeeded.</summary>
    public bool HasPassedChecks { get; init; }

    /// <summary>Why the device is not well; null as long as nothing is known to be wrong.</summary>
    public string? Failure { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public bool IsOver => Phase is RebootPhase.Good or RebootPhase.Failed;

    /// <summary>Such as <c>libc6 2.36-9→2.36-10; /run/reboot-required</c>.</summary>
    public string Because => string.Join("; ", Reasons);
}
