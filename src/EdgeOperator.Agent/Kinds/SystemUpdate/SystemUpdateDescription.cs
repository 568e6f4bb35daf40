using System.Collections.Immutable;
using EdgeOperator.Agent.Kinds.SystemUpdate.Releases;
using EdgeOperator.Core.Kinds.SystemUpdate;
using EdgeOperator.Core.Kinds.SystemUpdate.Reboots;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Kinds.SystemUpdate;

/// <summary>A SystemUpdate as people want to see it.</summary>
internal static class SystemUpdateDescription
{
    private const int Named = 20;

    /// <param name="reboots">Those that are over.</param>
    /// <param name="activity">What is under way for it.</param>
    /// <param name="now">By the wall clock.</param>
    public static ResourceStatus Of(SystemUpdateResource resource, ObservedUpdates observed, ImmutableArray<DeviceReboot> reboots, string? activity, DateTimeOffset now)
    {
        var (update, name) = (resource.Update, resource.Id.Name);
        var packages = observed.Packages.GetValueOrDefault(name) ?? new();
        var last = observed.Transaction is { } transaction && transaction.Update == name ? transaction : null;
        var details = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        Add("activity", activity);
        Add("window", update.Window is { } window ? $"{window}: {window.Describe(now, observed.RunningSince)}" : null);
        Add("downloadWindow", update.DownloadWindow is { } downloads ? $"{downloads}: {downloads.Describe(now, observed.RunningSince)}" : null);
        Add("waiting", packages.IsInSync ? null : Waiting(packages));
        Add("reboot", Reboot(update, observed, now));
        Add("lastReboot", reboots.IsEmpty ? null : Words(reboots[^1]));
        Add("reboots", reboots.Length < 2 ? null : string.Join("\n", reboots.Reverse().Select(Words)));
        Add("needsReboot", packages.NeedReboot.IsEmpty ? null : string.Join(", ", packages.NeedReboot));
        Add("noWayBack", packages.Irreversible.IsEmpty ? null : string.Join(", ", packages.Irreversible));
        Add("problem", packages.Unavailable ?? packages.Problem ?? packages.LacksSpace);
        Add("checkedAt", Time(packages.RefreshedAt));
        Add("lastUpdate", last is null ? null : $"{Time(last.EndedAt ?? last.BeganAt)} {last.Phase}: {last.Message}");
        (string State, string Summary)? agent = update.Agent is { } release ? ReleaseDescription.Of(release, observed, details) : null;
        return new()
        {
            Kind = resource.Id.Kind,
            Name = name,
            State = observed.Reboot is { IsOver: false } ? "rebooting" : update.HasPackages && (agent is null or { State: ReleaseDescription.Current } || last is { IsOver: false }) ? State(packages, last) : agent?.State ?? State(packages, last),
            Summary = string.Join(", ", new[]
            {
                update.Packages.IsEmpty ? null : $"{update.Packages.Length} package{(update.Packages.Length == 1 ? "" : "s")}",
                update.Security == SecurityUpdates.All ? "security updates" : null,
                agent?.Summary,
            }.OfType<string>()),
            Details = details.ToImmutable(),
        };

        void Add(string key, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                details[key] = value;
        }
    }

    /// <summary>Why a reboot waits, and for what; null when none does.</summary>
    private static string? Reboot(SystemUpdateSpec update, ObservedUpdates observed, DateTimeOffset now) => (observed, update.Reboot?.Policy) switch
    {
        ({ Reboot: { IsOver: false } running }, _) => $"{running.Phase.ToString().ToLowerInvariant()} ({running.Because})",
        ({ RebootReasons.IsEmpty: true }, _) => null,
        (_, null or RebootPolicy.Never) => $"needed ({string.Join("; ", observed.RebootReasons)}), and left to you",
        _ => $"waits ({string.Join("; ", observed.RebootReasons)}){(update.Window is { } window ? $": the window {window.Describe(now, observed.RunningSince)}" : "")}",
    };

    private static string Words(DeviceReboot reboot) => $"{Time(reboot.At)} {(reboot.Phase == RebootPhase.Good ? "good" : $"failed, {reboot.Failure}")}: {reboot.Because}";

    private static string State(ObservedPackages packages, PackageTransaction? last) => (packages, last) switch
    {
        (_, { IsOver: false }) => "updating",
        ({ Unavailable: not null }, _) => "unknown",
        ({ RefreshedAt: null }, _) => "not checked",
        ({ IsInSync: true, Problem: null }, _) => "current",
        (_, { HasFailed: true, IsPassing: false }) when last.ChangesHash == packages.ChangesHash => "failed",
        _ => "outdated",
    };

    private static string Waiting(ObservedPackages packages) => string.Join(", ",
    [
        .. packages.Changes.Take(Named).Select(change => $"{change}"),
        .. packages.Changes.Length > Named ? [$"and {packages.Changes.Length - Named} more"] : Array.Empty<string>(),
        .. packages.Hold.Select(package => $"hold {package}"),
        .. packages.Unhold.Select(package => $"release {package}"),
        .. packages.Interrupted.Select(package => $"finish {package}"),
    ]);

    private static string? Time(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
}
