using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent;

/// <summary>
/// Whether the loop still turns: passes must go on ending. Measured by the monotonic clock, so that a device whose
/// clock jumps does not look dead.
/// </summary>
internal sealed class LoopWatchdog(IAgentControl agent, TimeSpan interval, TimeProvider time)
{
    /// <summary>Room for a pass that takes its time: a slow engine, a stopping container.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(15);

    private DateTimeOffset? _lastPass;
    private long _since = time.GetTimestamp();

    public bool IsAlive
    {
        get
        {
            if (agent.Status.LastPassAt is var pass && pass != _lastPass)
                (_lastPass, _since) = (pass, time.GetTimestamp());

            return time.GetElapsedTime(_since) < (2 * interval) + Timeout;
        }
    }

    /// <summary>The device's state in a line.</summary>
    public string Message => agent.Status is { Conditions: var conditions, Applied: var applied }
        ? $"{applied?.Display ?? "no revision yet"}: {conditions.FirstOrDefault(c => c.Type == Condition.Ready)?.Message}"
        : "";
}
