using System.Collections.Immutable;
using EdgeOperator.Core.Alerts;
using EdgeOperator.Core.Hub;
using EdgeOperator.Hub.Alerts;
using EdgeOperator.Hub.Rest;
using EdgeOperator.Hub.Security;

namespace EdgeOperator.Hub.Api;

/// <summary>An alert: all that one rule finds wrong, in one group of devices.</summary>
/// <param name="Name">The rule's, with the group's labels.</param>
/// <param name="Status"><c>Firing</c> or <c>Resolved</c>.</param>
/// <param name="Ended">Null while it lasts.</param>
/// <param name="OfRollouts">It is about fleets, and not about devices.</param>
/// <param name="Affected">The first of those that it is about.</param>
internal sealed record AlertView(
    string Name, string Rule, IReadOnlyDictionary<string, string> Group, string Severity, string Status, DateTime Started, DateTime? Ended, int Count, string Summary, bool OfRollouts,
    IReadOnlyList<AffectedView> Affected, IReadOnlyList<DeliveryView> Deliveries);

internal sealed record AffectedView(string Name, DateTime Since, string? Detail);

/// <param name="Told">What the receiver knows: <c>Firing</c>, <c>Resolved</c>, or null for nothing.</param>
/// <param name="Problem">Why it could not be told.</param>
internal sealed record DeliveryView(string Receiver, string? Told, DateTime At, string? Problem);

/// <param name="Receivers">Who is told.</param>
internal sealed record AlertList(IReadOnlyList<AlertView> Items, IReadOnlyList<string> Receivers);

/// <param name="Problem">Null for none.</param>
internal sealed record TestedReceiver(string Receiver, string? Problem);

internal sealed record AlertTest(IReadOnlyList<TestedReceiver> Items);

/// <summary>What is wrong now, and whether those who are to know were told.</summary>
internal sealed class AlertRoutes(AlertCatalog catalog, AlertReceivers receivers, HubConfiguration configuration, TimeProvider time)
{
    public IEnumerable<ServiceRoute> Routes =>
    [
        ApiRoute.Get("alerts", "Alerts that last, and those that were over within a day, the latest first", ListAsync) with { Reach = RouteReach.Many },
        ApiRoute.Offer<object, AlertTest>("POST", "alerts/test", "Send every receiver an alert that says that it is a test", TestAsync),
    ];

    private async Task<AlertList> ListAsync(ServiceRequest request)
    {
        request.Need(Rights.View | Rights.RegistryRead);
        IEnumerable<AlertState> alerts = [.. (await catalog.AllAsync(request.Aborted)).Select(alert => alert.State)];
        if (request.Scope is { } scope)
        {
            alerts = await SeenAsync(alerts, scope, request.Aborted);
            return new([.. alerts.OrderBy(a => a.Status).ThenByDescending(a => a.EndedAt ?? a.StartedAt).Select(View)], []);
        }

        return new([.. alerts.OrderBy(a => a.Status).ThenByDescending(a => a.EndedAt ?? a.StartedAt).Select(View)], [.. receivers.All.Select(receiver => receiver.Name)]);
    }

    /// <summary>As far as they are about devices or fleets that a role is limited to; an alert names the first of those that it is about.</summary>
    private async Task<List<AlertState>> SeenAsync(IEnumerable<AlertState> alerts, FleetScope scope, CancellationToken cancellation)
    {
        var seen = new List<AlertState>();
        foreach (var alert in alerts)
        {
            var first = new List<AlertMatch>();
            foreach (var match in alert.First)
                if (IsOfRollouts(alert) ? scope.HasFleet(match.Subject) : await scope.HasDeviceAsync(match.Subject, cancellation))
                    first.Add(match);
            if (first.Count > 0)
                seen.Add(alert with { First = [.. first], Count = first.Count, Deliveries = alert.Deliveries.Clear() });
        }

        return seen;
    }

    private bool IsOfRollouts(AlertState alert) => configuration.Alerts.Rules.Any(rule => rule.Name == alert.Rule && rule.Rollout is not null);

    private async Task<AlertTest> TestAsync(ServiceRequest request, object? body)
    {
        request.Need(Rights.Administrate);
        var now = time.GetUtcNow();
        var alert = new AlertState
        {
            Rule = "Test",
            Group = ImmutableSortedDictionary<string, string>.Empty,
            Severity = "info",
            Status = AlertStatus.Firing,
            StartedAt = now,
            Count = 1,
            First = [new(AlertObserver.TheHub, now, "somebody has asked for a test: nothing is wrong")],
            Version = 1,
            ChangedAt = now,
        };
        return new([.. await Task.WhenAll(receivers.All.Select(receiver => TestAsync(receiver, alert, request.Aborted)))]);
    }

    private async Task<TestedReceiver> TestAsync(IAlertReceiver receiver, AlertState alert, CancellationToken cancellation)
    {
        try
        {
            await receiver.SendAsync(receivers.MessageOf(alert), cancellation);
            return new(receiver.Name, null);
        }
        catch (AlertDeliveryException e)
        {
            return new(receiver.Name, e.Message);
        }
    }

    private AlertView View(AlertState alert) => new(
        alert.Key, alert.Rule, alert.Group, alert.Severity, alert.Status.ToString(), alert.StartedAt.UtcDateTime, alert.EndedAt?.UtcDateTime, alert.Count, receivers.MessageOf(alert).Summary, IsOfRollouts(alert),
        [.. alert.First.Select(match => new AffectedView(match.Subject, match.Since.UtcDateTime, match.Detail))],
        [.. alert.Deliveries.Select(d => new DeliveryView(d.Key, d.Value.Status?.ToString(), d.Value.At.UtcDateTime, d.Value.Problem))]);
}
