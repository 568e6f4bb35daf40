using EdgeOperator.Core.Twins;
using EdgeOperator.Hub.Identities;

namespace EdgeOperator.Hub.Storage;

internal sealed record IdentityRow(Identity Identity, Presence Presence, int PendingMessages);

/// <param name="Enabled">Of <paramref name="Devices"/>.</param>
internal sealed record IdentityCounts(long Devices, long Enabled, long Connected);

internal sealed record TwinRow(Identity Identity, Twin Twin, Presence Presence, int PendingMessages);

/// <summary>What must be sent to a connected device, in the order in which it happened.</summary>
/// <param name="Body">For <see cref="ChangeKind.Desired"/> the notification as JSON; null unless the kind says otherwise.</param>
/// <param name="Version">For <see cref="ChangeKind.Desired"/> the version of desired properties after it.</param>
internal sealed record Change(long Sequence, IdentityKey Key, ChangeKind Kind, string? Body, long Version)
{
    /// <summary>When it was written, by the clock of whoever wrote it: the store's where replicas share it.</summary>
    public DateTimeOffset At { get; init; }
}

/// <summary>What a job does with one device or module.</summary>
/// <param name="Target">The device's name; of a module, the device's and the module's with a slash between them.</param>
/// <param name="Updated">When <paramref name="Status"/> became what it is.</param>
internal sealed record DeviceJob(string JobId, string Target, DeviceJobStatus Status, DateTimeOffset Created, DateTimeOffset Updated)
{
    public IdentityKey Key => IdentityKey.Parse(Target);

    public DateTimeOffset? Started { get; init; }

    public DateTimeOffset? Ended { get; init; }

    /// <summary>A device's answer to a method, as JSON.</summary>
    public string? Outcome { get; init; }

    /// <summary>Why it failed: IoT Hub's name of the error, a semicolon, and words.</summary>
    public string? Error { get; init; }
}

/// <summary>Stored as numbers.</summary>
internal enum DeviceJobStatus
{
    Pending = 1,
    Running = 2,
    Completed = 3,
    Failed = 4,
    Canceled = 5,
}

/// <summary>Stored as numbers.</summary>
internal enum ChangeKind
{
    Desired = 1,
    Message = 2,

    /// <summary>The identity was removed or changed so that its connection ends.</summary>
    Disconnect = 3,

    /// <summary>The identity has connected to another replica: sessions with an epoch before <see cref="Change.Version"/> end.</summary>
    TakenOver = 4,

    /// <summary>A replica asks another one to call a method; the body says which.</summary>
    MethodCall = 5,

    /// <summary>What a method that was called so has answered.</summary>
    MethodAnswer = 6,

    /// <summary>Nothing that the device is told: its tags or its configurations were written, or it is new.</summary>
    Unseen = 7,

    /// <summary>A replica can't pass on a device's channel to the one that waits for it; the body says which and why.</summary>
    ChannelRefused = 8,
}

/// <param name="Epoch">Greater with each connection of the same identity.</param>
/// <param name="Subscriptions">Bits that connections before left.</param>
internal sealed record ConnectedSession(long Epoch, int Subscriptions);

/// <param name="Json">Secrets inside are encrypted.</param>
internal sealed record Document(string Kind, string Id, string ETag, string Json)
{
    /// <summary>What documents of a kind are counted by, such as a state; null for nothing.</summary>
    public string? Label { get; init; }
}

/// <summary>A time of leadership by one process. Whoever leads later has a greater number.</summary>
internal readonly record struct LeadershipTerm(string Lease, long Number);

/// <param name="Sequence">0 until it is stored.</param>
/// <param name="Actor">A user, a policy or a device.</param>
internal sealed record AuditEntry(long Sequence, DateTimeOffset At, string Actor, string Action, string Target, string Detail);
