using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Drivers;

internal static class LogSupport
{
    /// <summary>For logs whose lines have no times, and that are of one run.</summary>
    /// <exception cref="ControlException">More is asked for than such a log can do.</exception>
    public static void ThrowIfDetailed(this LogOptions options, ResourceId resource)
    {
        if (options.IsDetailed)
            throw new ControlException("NotSupported", $"the log of {resource} can't be asked for by time or run: leave out --since, --timestamps and --previous, which are for modules");
    }
}
