namespace EdgeOperator.Core.Kinds.SystemUpdate.Reboots;

public enum RebootPolicy
{
    /// <summary>That a reboot is needed is shown, and left to people.</summary>
    Never,

    /// <summary>When what has changed takes effect at the next boot alone.</summary>
    IfRequired,

    /// <summary>After each change of packages.</summary>
    Always,
}

/// <summary>When an update may reboot the device.</summary>
/// <param name="Deadline">How long the device may take, once the agent runs after the reboot, until it is known to be well.</param>
public sealed record RebootSpec(RebootPolicy Policy, TimeSpan Deadline)
{
    public static RebootSpec Never { get; } = new(RebootPolicy.Never, TimeSpan.FromMinutes(10));
}
