namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>
/// How far a guest's clock is from the host's. While a machine is paused, its guest's clock stands still, and nothing in the guest
/// notices: the host has to set it.
/// </summary>
internal static class ClockOffset
{
    /// <summary>A guest tells whole seconds, and one that keeps its own time need not agree to the second.</summary>
    private static readonly TimeSpan Tolerated = TimeSpan.FromSeconds(3);

    /// <param name="guest">What the guest's clock said at some time between both; null when it is not known.</param>
    /// <param name="before">When the guest was asked.</param>
    /// <param name="after">When it had answered.</param>
    /// <returns>Negative when the guest is behind; zero when it may be right.</returns>
    public static TimeSpan Of(DateTimeOffset? guest, DateTimeOffset before, DateTimeOffset after) => guest switch
    {
        null => TimeSpan.Zero,
        { } time when time + Tolerated < before => time - before,
        { } time when time - Tolerated > after => time - after,
        _ => TimeSpan.Zero,
    };

    /// <summary>In words.</summary>
    public static string Describe(TimeSpan offset) => $"its clock is {Math.Abs(offset.TotalSeconds):0} s {(offset < TimeSpan.Zero ? "behind" : "ahead")}";

    /// <summary>For the guest's <c>sh</c>: sets its clock. The next report tells whether that was good enough.</summary>
    public static string SetCommand(DateTimeOffset now) => $"date -u -s @{now.ToUnixTimeSeconds()} >/dev/null";
}
