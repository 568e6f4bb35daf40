using EdgeOperator.Agent.Hardware;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Checks;

/// <summary>Whether there is memory left.</summary>
internal static class MemoryCheck
{
    private const string Area = "memory";
    private const int Much = 90;
    private const long Megabyte = 1024 * 1024;

    public static Task<IEnumerable<CheckResult>> RunAsync(CheckContext context, CancellationToken cancellation) => Task.FromResult<IEnumerable<CheckResult>>([Look(new HostReader().Read())]);

    internal static CheckResult Look(HostFigures figures)
    {
        if (figures is not { MemoryUsed: { } used, MemoryTotal: { } total, MemoryAvailable: { } available })
            return CheckResult.Skipped(Area, "the system does not say how much memory there is");
        var text = $"{available / Megabyte} MB of {total / Megabyte} MB are available";
        return used < Much ? CheckResult.Ok(Area, text) : CheckResult.Warning(Area, text, "set `resources.memory` of modules, or have fewer of them here: the kernel ends processes when nothing is left");
    }
}
