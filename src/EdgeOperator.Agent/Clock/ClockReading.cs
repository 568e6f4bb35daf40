namespace EdgeOperator.Agent.Clock;

/// <summary>The steady clock at one moment, to be saved: another process of the same boot goes on from it.</summary>
/// <param name="Boot">The kernel's id of the boot; null where there is none.</param>
/// <param name="Uptime">The machine's monotonic clock.</param>
/// <param name="Now">The steady clock.</param>
public sealed record ClockReading(string? Boot, TimeSpan Uptime, DateTimeOffset Now);
