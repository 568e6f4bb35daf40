using System.Collections.Immutable;

namespace EdgeOperator.Core.Protocol.Hub;

/// <summary>The direct methods of an agent. They work through any hub of IoT Hub's kind; payloads are JSON (<see cref="ProtocolJson"/>).</summary>
public static class AgentMethods
{
    /// <summary>Answers a <see cref="DeviceStatus"/>.</summary>
    public const string Status = "status";

    /// <summary>Answers a <see cref="DescribeAnswer"/>; needs a resource.</summary>
    public const string Describe = "describe";

    /// <summary>Fetches every source and runs a pass; answers a <see cref="DeviceStatus"/> without resources.</summary>
    public const string Reconcile = "reconcile";

    public const string Suspend = "suspend";

    public const string Resume = "resume";

    /// <summary>Answers a <see cref="RollbackAnswer"/>.</summary>
    public const string RollBack = "rollback";

    /// <summary>Answers a <see cref="RestartAnswer"/>; needs a resource.</summary>
    public const string Restart = "restart";

    /// <summary>Stops what runs of a resource until it is started; needs a resource.</summary>
    public const string Stop = "stop";

    /// <summary>Ends <see cref="Stop"/>; needs a resource.</summary>
    public const string Start = "start";

    /// <summary>Has the agent open a connection to the hub for <see cref="MethodRequest.Channel"/>; needs a resource.</summary>
    public const string OpenChannel = "openChannel";

    /// <summary>Looks at all that the device depends on; answers a <see cref="CheckReport"/>.</summary>
    public const string Check = "check";

    /// <summary>The device no longer belongs to the hub: it lets go of the identity that it has enrolled for.</summary>
    public const string Decommission = "decommission";

    public static ImmutableHashSet<string> All { get; } = [Status, Describe, Reconcile, Suspend, Resume, RollBack, Restart, Stop, Start, OpenChannel, Check, Decommission];

    /// <summary>The longest payload, in bytes, of a request and of an answer, as IoT Hub limits it.</summary>
    public const int MaxPayload = 128 * 1024;
}

/// <summary>What a direct method of the agent is called with. Every field may be absent.</summary>
public sealed record MethodRequest
{
    /// <summary><c>Kind/name</c>; absent for the device.</summary>
    public string? Resource { get; init; }

    /// <summary>To roll back to; absent for the good one before the current.</summary>
    public string? Revision { get; init; }

    /// <summary>Try again what failed.</summary>
    public bool Retry { get; init; }

    /// <summary>Who asks, as the hub knows them.</summary>
    public string? User { get; init; }

    /// <summary>Why, in the user's own words.</summary>
    public string? Reason { get; init; }

    public ChannelRequest? Channel { get; init; }
}

/// <summary>A connection that the agent is to open, and what goes over it.</summary>
/// <param name="Path">At the hub, below <c>/</c>: where a WebSocket is accepted from this device.</param>
/// <param name="Operation">One of the constants.</param>
/// <param name="LogOptions">Of logs; absent for all that is kept.</param>
public sealed record ChannelRequest(string Path, string Operation, LogOptions? LogOptions = null)
{
    /// <summary>The agent sends a log as binary messages, or as its first message a <see cref="ProblemDocument"/> as text.</summary>
    public const string Logs = "logs";

    /// <summary>The frames of a command, <see cref="ExecFrameKind"/>, in binary messages.</summary>
    public const string Exec = "exec";

    /// <summary>The serial console of a virtual machine, in the frames of a command that is named already.</summary>
    public const string Console = "console";

    /// <summary>The agent sends a support bundle, as it sends logs.</summary>
    public const string SupportBundle = "supportBundle";
}

/// <param name="Events">The last ones of the resource, oldest first.</param>
public sealed record DescribeAnswer(ResourceStatus Resource, ImmutableArray<EventRecord> Events);
