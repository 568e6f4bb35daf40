using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using EdgeOperator.Core.Alerts;
using EdgeOperator.Core.Hub;
using EdgeOperator.Hub.Alerts;
using EdgeOperator.Hub.Rest;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;

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
/// <param name="Continuation">For the next page; null at the end.</param>
internal sealed record AlertList(IReadOnlyList<AlertView> Items, IReadOnlyList<string> Receivers, string? Continuation);

/// <param name="Problem">Null for none.</param>
internal sealed record TestedReceiver(string Receiver, string? Problem);

internal sealed record AlertTest(IReadOnlyList<TestedReceiver> Items);

/// <summary>What is wrong now, and whether those who are to know were told.</summary>
internal sealed class AlertRoutes(AlertCatalog catalog, AlertReceivers receivers, HubConfiguration configuration, TimeProvider time)
{
    public IEnumerable<ServiceRoute> Routes =>
    [
        ApiRoute.Get(
            "alerts", "Alerts that last, and then those that were over within a day; of each page, the latest first", ListAsync,
            new QueryParameter("status", "Only those: Firing or Resolved"), ListPage.LimitParameter, ListPage.ContinuationParameter) with { Reach = RouteReach.Many },
        ApiRoute.Offer<object, AlertTest>("POST", "alerts/test", "Send every receiver an alert that says that it is a test", TestAsync),
    ];

    private async Task<AlertList> ListAsync(ServiceRequest request)
    {
        request.Need(Rights.View | Rights.RegistryRead);
        var only = ApiRoute.Text(request, "status") is { } text ? Enum.TryParse<AlertStatus>(text, out var status) && Enum.IsDefined(status)
            ? status
            : throw new ServiceException(ServiceError.ArgumentInvalid, $"status is none of {string.Join(", ", Enum.GetNames<AlertStatus>())}") : (AlertStatus?)null;
        var page = ListPage.Of(request);
        var alerts = AlertsAsync(only, page, request.Scope is null ? page.Rows : ListPage.MostItems, request.Aborted);
        if (request.Scope is { } scope)
            alerts = alerts.Select(async (AlertState alert, CancellationToken cancellation) => await SeenAsync(alert, scope, cancellation)).Where(alert => alert is not null).Select(alert => alert!);
        var (found, continuation) = await page.TakeAsync(alerts, PlaceOf, request.Aborted);
        return new([.. found.OrderBy(a => a.Status).ThenByDescending(a => a.EndedAt ?? a.StartedAt).Select(View)], request.Scope is null ? [.. receivers.All.Select(receiver => receiver.Name)] : [], continuation);
    }

    private static string PlaceOf(AlertState alert) => $"{alert.Status} {alert.Key}";

    private async IAsyncEnumerable<AlertState> AlertsAsync(AlertStatus? only, ListPage page, int rows, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (first, after) = page.After.Split(' ', 2) is [var name, var key] && Enum.TryParse<AlertStatus>(name, out var begun) ? (begun, key) : (default, "");
        foreach (var status in Enum.GetValues<AlertStatus>().Where(status => status >= first && status == (only ?? status)))
            await foreach (var alert in catalog.AllAsync(status, status == first ? after : "", rows, cancellation))
                yield return alert;
    }

    /// <summary>As far as it is about devices or fleets that a role is limited to; an alert names the first of those that it is about.</summary>
    /// <returns>Null when it is about none of them.</returns>
    private async Task<AlertState?> SeenAsync(AlertState alert, FleetScope scope, CancellationToken cancellation)
    {
        var first = new List<AlertMatch>();
        foreach (var match in alert.First)
            if (IsOfRollouts(alert) ? scope.HasFleet(match.Subject) : await scope.HasDeviceAsync(match.Subject, cancellation))
                first.Add(match);
        return first.Count == 0 ? null : alert with { First = [.. first], Count = first.Count, Deliveries = alert.Deliveries.Clear() };
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
