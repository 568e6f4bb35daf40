using System.Collections.Immutable;
using EdgeOperator.Core.Schedules;

namespace EdgeOperator.Core.Fleets;

/// <summary>Maintenance windows at a moment: one that is open is enough, and none at all is always open.</summary>
internal sealed class RolloutWindow(ImmutableArray<MaintenanceWindow> windows, DateTimeOffset now)
{
    public bool IsOpen { get; } = windows.IsEmpty || windows.Any(window => window.IsOpen(now));

    /// <summary>When the next one opens, in words.</summary>
    public string Next => windows.MinBy(window => window.Next(now)?.From ?? DateTimeOffset.MaxValue) is { } next
        ? $"{next} {next.Describe(now)}{(next.Next(now) is { } opening ? $", in {Words.Span(opening.From - now)}" : "")}"
        : "";
}
