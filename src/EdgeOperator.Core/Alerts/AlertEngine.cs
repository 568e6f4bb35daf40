using System.Collections.Immutable;

namespace EdgeOperator.Core.Alerts;

/// <summary>Decides when an alert begins, when it is worth telling again, and when it is over. Pure: the same inputs give the same state.</summary>
public static class AlertEngine
{
    /// <summary>Of those that an alert is about, so many are kept by name.</summary>
    public const int MostNamed = 20;

    /// <summary>Names that are remembered as told; with more, only how many there are counts.</summary>
    private const int MostKnown = 1000;

    /// <summary>What comes on top is told together.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMinutes(5);

    /// <summary>How long an alert that is over is kept.</summary>
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(1);

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(10);

    /// <summary>Those that have been so for long enough. Who an alert is about already stays in it at once when the times are not known any more.</summary>
    public static ImmutableArray<AlertMatch> Firing(AlertRule rule, AlertState? before, IEnumerable<AlertMatch> matches, DateTimeOffset now) =>
        [.. matches.Where(match => now - match.Since >= rule.For || (before is { Status: AlertStatus.Firing } && before.Known.Contains(match.Subject))).OrderBy(match => match.Since).ThenBy(match => match.Subject, StringComparer.Ordinal)];

    /// <param name="firing">As <see cref="Firing"/> orders them.</param>
    /// <returns>Null when there is no alert.</returns>
    public static AlertState? Next(AlertConfiguration configuration, AlertRule rule, ImmutableSortedDictionary<string, string> group, AlertState? before, ImmutableArray<AlertMatch> firing, DateTimeOffset now)
    {
        if (firing.IsEmpty)
            return before is null ? null : Calm(configuration, before, now);
        if (before is not { Status: AlertStatus.Firing })
            return Told(new AlertState
            {
                Rule = rule.Name,
                Group = group,
                Severity = rule.Severity,
                Status = AlertStatus.Firing,
                StartedAt = now,
                Count = firing.Length,
                First = First(firing),
                Version = before?.Version ?? 0,
                ChangedAt = now,
                Deliveries = before?.Deliveries ?? ImmutableSortedDictionary<string, AlertDelivery>.Empty,
            }, firing, now);
        var next = before with { CalmSince = null, Severity = rule.Severity, Count = firing.Length, First = Same(before.First, First(firing)) };
        return now - before.ChangedAt >= configuration.Repeat || (now - before.ChangedAt >= Gathering && HasNews(before, firing)) ? Told(next, firing, now) : next;
    }

    /// <summary>Whether a receiver is to be told of an alert now.</summary>
    /// <param name="refresh">It forgets what it is not told again within this; null when it does not.</param>
    public static bool IsDue(AlertState alert, string receiver, TimeSpan? refresh, DateTimeOffset now)
    {
        var told = alert.Deliveries.GetValueOrDefault(receiver);
        if (told is { Failures: > 0 } && now - told.At < Retry(told.Failures))
            return false;
        return alert.Status == AlertStatus.Firing
            ? told is null || told.Version < alert.Version || (refresh is { } often && now - told.At >= often)
            : told?.Status == AlertStatus.Firing;
    }

    /// <param name="problem">Why the receiver could not be told; null when it was.</param>
    public static AlertState Delivered(AlertState alert, string receiver, string? problem, DateTimeOffset now)
    {
        var before = alert.Deliveries.GetValueOrDefault(receiver);
        return alert with
        {
            Deliveries = alert.Deliveries.SetItem(
                receiver, problem is null ? new(alert.Version, alert.Status, now) : new(before?.Version ?? 0, before?.Status, now, (before?.Failures ?? 0) + 1, problem)),
        };
    }

    private static AlertState? Calm(AlertConfiguration configuration, AlertState before, DateTimeOffset now)
    {
        if (before.Status == AlertStatus.Resolved)
            return now - before.EndedAt > KeptFor ? null : before;
        var since = before.CalmSince ?? now;
        return now - since >= configuration.ResolveAfter
            ? before with { Status = AlertStatus.Resolved, CalmSince = since, EndedAt = now, Version = before.Version + 1, ChangedAt = now }
            : before with { CalmSince = since };
    }

    private static bool HasNews(AlertState before, ImmutableArray<AlertMatch> firing) => firing.Length > MostKnown
        ? firing.Length > before.KnownCount + (before.KnownCount / 10)
        : firing.Any(match => !before.Known.Contains(match.Subject));

    private static AlertState Told(AlertState alert, ImmutableArray<AlertMatch> firing, DateTimeOffset now) => alert with
    {
        Version = alert.Version + 1,
        ChangedAt = now,
        Known = [.. firing.Take(MostKnown).Select(match => match.Subject)],
        KnownCount = firing.Length,
    };

    private static ImmutableArray<AlertMatch> First(ImmutableArray<AlertMatch> firing) => [.. firing.Take(MostNamed)];

    // So that a state that says the same is the same.
    private static ImmutableArray<AlertMatch> Same(ImmutableArray<AlertMatch> before, ImmutableArray<AlertMatch> now) => before.SequenceEqual(now) ? before : now;

    private static TimeSpan Retry(int failures) => TimeSpan.FromSeconds(Math.Min(LongestRetry.TotalSeconds, FirstRetry.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 10))));
}
