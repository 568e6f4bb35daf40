using System.Collections.Immutable;
using EdgeOperator.Core.Protocol.Functions;

namespace EdgeOperator.Core.Kinds.FunctionApp;

/// <summary>A function app on the device: its packages and its host.</summary>
public sealed record ObservedFunctionApp
{
    public required string Name { get; init; }

    /// <summary>Why the app's files can't be read; null when they can.</summary>
    public string? Unavailable { get; init; }

    /// <summary>The packages that lie there complete, the one that was served last first.</summary>
    public ImmutableArray<string> Packages { get; init; } = [];

    /// <summary>The generation that the app's request on the disk asks for; null when it asks for none.</summary>
    public string? Requested { get; init; }

    public AppHostPhase Phase { get; init; }

    /// <summary>The user that the host was started for; empty for the agent's own.</summary>
    public string User { get; init; } = "";

    /// <summary>Why a host that does not run has ended; null when it was never started or was stopped.</summary>
    public string? ExitReason { get; init; }

    /// <summary>What the host says of itself; null unless it is <see cref="AppHostPhase.Running"/>.</summary>
    public HostReport? Report { get; init; }
}

public enum AppHostPhase
{
    Stopped,

    /// <summary>The process runs and has not answered yet.</summary>
    Starting,
    Running,

    /// <summary>The process runs and has not answered for too long.</summary>
    Hung,
}
