using EdgeOperator.Core.Kinds.EdgeModule;

namespace EdgeOperator.Agent.Kinds.EdgeModule.Probes;

/// <summary>What a container's probes have come to so far.</summary>
/// <param name="Failures">Failures in a row that count.</param>
/// <param name="Detail">What the last failure was; null after a success.</param>
internal sealed record ProbeState(ContainerHealth Health, int Failures, string? Detail)
{
    public static ProbeState Starting { get; } = new(ContainerHealth.Starting, 0, null);

    /// <summary>The state after one more probe.</summary>
    /// <param name="failure">What went wrong; null for a success.</param>
    /// <param name="sinceStart">Time since the container started; failures before the start period's end don't count until it was healthy once.</param>
    public ProbeState After(string? failure, NetworkProbe probe, TimeSpan sinceStart) => failure switch
    {
        null => new(ContainerHealth.Healthy, 0, null),
        _ when Health == ContainerHealth.Starting && sinceStart < probe.StartPeriod => this with { Detail = failure },
        _ => new(Failures + 1 >= probe.Retries ? ContainerHealth.Unhealthy : Health, Failures + 1, failure),
    };
}
