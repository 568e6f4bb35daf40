using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Planning;

public enum ReadinessLevel
{
    Ready,

    /// <summary>On its way; nothing is known to be wrong.</summary>
    Progressing,

    /// <summary>Something is wrong. It may pass by itself or by the agent's repair.</summary>
    Failed,

    /// <summary>Not as desired, and left so on request: neither for nor against a revision.</summary>
    Suspended,

    /// <summary>The system that would know can't be asked.</summary>
    Unknown,

    /// <summary>Not as desired for want of a key that the device does not have: neither for nor against a revision.</summary>
    Waiting,
}

/// <summary>Whether a resource is as desired.</summary>
/// <param name="Reason">One CamelCase word for programs: <c>Running</c>, <c>Unhealthy</c>, <c>InSync</c> …</param>
/// <param name="Message">A sentence for people.</param>
public sealed record ReadinessReport(ResourceId Resource, ReadinessLevel Level, string Reason, string Message)
{
    /// <summary>The last failure of a resource that is not Ready, where <see cref="Message"/> does not tell it (it has just been restarted); null when there is none.</summary>
    public string? Cause { get; init; }

    /// <summary>What a resource that failed printed last, on one line; null when that is not known.</summary>
    public string? Output { get; init; }

    /// <summary>The explanation, and what the resource printed last: for events and the history, which outlive its container.</summary>
    public string FullExplanation => Output is null ? Explanation : $"{Explanation}; its last lines: {Output}";

    /// <summary>The message, and the cause behind it.</summary>
    public string Explanation => Cause is null ? Message : $"{Message} (before: {Cause})";

    /// <summary>
    /// When the resource last began anew (its container was started): it can't have been Ready, unbroken, for longer.
    /// Null when there is no such time.
    /// </summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>When time alone changes the answer; null when only an event does.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>What the host has withheld from a resource that is on its way; null when nothing is known of it.</summary>
    public HostDelay? HostDelay { get; init; }

    /// <summary>It has run to its end with success, and is not started again.</summary>
    public bool IsCompleted { get; init; }

    /// <summary>It has failed, and neither waiting nor another try helps under the same revision.</summary>
    public bool IsFinal { get; init; }

    public bool IsReady => Level == ReadinessLevel.Ready;
}
