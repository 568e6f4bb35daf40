using EdgeOperator.Core.Protocol;
using EdgeOperator.Platform.Timing;

namespace EdgeOperator.Agent.Checks;

/// <summary>Whether the clock is right: tokens and certificates are judged by it, and windows open by it.</summary>
internal static class ClockCheck
{
    private const string Area = "clock";
    private const string Fix = "let systemd-timesyncd or chrony keep it (`timedatectl set-ntp true`), and see that their servers are reached";

    private static readonly TimeSpan Much = TimeSpan.FromSeconds(30);

    /// <summary>What hubs allow for.</summary>
    private static readonly TimeSpan TooMuch = TimeSpan.FromMinutes(5);

    public static IEnumerable<CheckResult> Run(IReadOnlyList<ProbedEndpoint> network)
    {
        if (network.FirstOrDefault(e => e.ClockDifference is not null) is { ClockDifference: { } difference } asked)
        {
            var off = difference.Duration();
            var text = $"it is {off.TotalSeconds:0} s {(difference > TimeSpan.Zero ? "ahead of" : "behind")} that of {asked.Endpoint.Host}";
            yield return off > TooMuch ? CheckResult.Error(Area, text, Fix) : off > Much ? CheckResult.Warning(Area, text, Fix) : CheckResult.Ok(Area, $"it agrees with that of {asked.Endpoint.Host}");
        }

        yield return !OperatingSystem.IsLinux() ? CheckResult.Skipped(Area, "whether it is kept right is not looked at on this system: `w32tm /query /status` tells")
            : KernelClock.IsSynchronized switch
            {
                true => CheckResult.Ok(Area, "the kernel says that it is kept right"),
                false => CheckResult.Warning(Area, "the kernel says that nothing keeps it right", Fix),
                null => CheckResult.Skipped(Area, "the kernel does not say whether it is kept right"),
            };
    }
}
