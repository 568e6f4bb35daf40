using EdgeOperator.Core.Schedules;

namespace EdgeOperator.Core.Kinds.SystemUpdate;

/// <summary>What time it is for the windows of one SystemUpdate.</summary>
/// <param name="now">By the wall clock.</param>
internal sealed class UpdateTimes(SystemUpdateSpec update, string name, ObservedUpdates observed, DateTimeOffset now)
{
    private static readonly TimeSpan Impatience = TimeSpan.FromHours(1);

    /// <summary>By the wall clock.</summary>
    public DateTimeOffset Now => now;

    /// <summary>An operator's word that windows don't count, unless it is old or was followed; null when there is none.</summary>
    public WindowOverride? Override { get; } =
        observed.Overrides.GetValueOrDefault(name) is { } found && found.At <= now && now < found.At + WindowOverride.Lasts
        && !(observed.Transaction is { EndedAt: { } ended } last && last.Update == name && ended >= found.At) ? found : null;

    public bool IsOpen => Override is not null || (update.Window?.IsOpen(now, observed.RunningSince) ?? true);

    public bool IsOpenForDownloads => Override is not null || (update.DownloadWindow?.IsOpen(now, observed.RunningSince) ?? true);

    /// <summary>Since when the window is open; null while it is closed, or there is none.</summary>
    public DateTimeOffset? OpenSince => update.Window?.At(now, observed.RunningSince)?.From;

    /// <summary>When the window opens or closes, in words.</summary>
    public string Words => update.Window?.Describe(now, observed.RunningSince) ?? "open at any time";

    /// <summary>When to look again, by the agent's steady time; null when no window opens.</summary>
    public DateTimeOffset? Opens => Steady(update.Window?.Next(now)?.From);

    /// <inheritdoc cref="Opens"/>
    public DateTimeOffset? OpensForDownloads => Steady(update.DownloadWindow?.Next(now)?.From);

    /// <summary>Why a window never opens; null when all do.</summary>
    public string? Problem => new[] { update.Window, update.DownloadWindow }.OfType<MaintenanceWindow>().Select(window => window.Problem(now)).FirstOrDefault(problem => problem is not null);

    /// <summary>Whether package lists have to be fetched before anything else.</summary>
    public bool IsRefreshDue(ObservedPackages packages) =>
        !IsKnown(packages) || packages.RefreshedAt is not { } at || at > now || now >= at + Interval(packages) || at < Override?.At;

    /// <summary>Whether it is known what repositories have for what is asked for.</summary>
    public bool IsKnown(ObservedPackages packages) => packages.RefreshedAt is not null && packages.RefreshedFor == update.PackagesHash;

    /// <summary>When that will be, by the agent's steady time.</summary>
    public DateTimeOffset? RefreshDueAt(ObservedPackages packages) => Steady(packages.RefreshedAt + Interval(packages));

    // What can't be had may come soon.
    private TimeSpan Interval(ObservedPackages packages) => packages.Problem is not null && update.CheckInterval > Impatience ? Impatience : update.CheckInterval;


    private DateTimeOffset? Steady(DateTimeOffset? wall) => wall - observed.ClockOffset;
}
