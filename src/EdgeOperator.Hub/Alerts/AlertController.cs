using System.Collections.Immutable;
using EdgeOperator.Core.Alerts;
using EdgeOperator.Core.Hub;
using EdgeOperator.Hub.Events;
using EdgeOperator.Hub.Replicas;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Alerts;

/// <summary>
/// Looks for what is wrong, stores what is to be told, and only then tells it. One replica does it for all; what another one, or the process
/// before, has told is in the store.
/// </summary>
internal sealed partial class AlertController(
    AlertObserver observer, AlertCatalog catalog, AlertReceivers receivers, Leadership leadership, HubConfiguration configuration, HubEvents events, TimeProvider time, ILogger<AlertController> log) : BackgroundService
{
    /// <summary>Alerts that are told at once, of each receiver.</summary>
    private const int Parallelism = 8;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FastInterval = TimeSpan.FromSeconds(1);

    private AlertConfiguration Alerts => configuration.Alerts;

    // Whoever wants to know within seconds is looked for more often.
    private TimeSpan Pause => Alerts.ResolveAfter < FastInterval ? FastInterval : Interval;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => leadership.RunAsync("alerts", LeadAsync, stoppingToken);

    private async Task LeadAsync(LeadershipTerm term, CancellationToken ended)
    {
        // Devices that were connected to a hub that was away, or to a replica that died, get their time to come back.
        var from = time.GetUtcNow();
        using var timer = new PeriodicTimer(Pause, time);
        do
        {
            try
            {
                await LookAsync(term, from, ended);
            }
            catch (StoreException e)
            {
                CannotLook(log, e);
            }
        }
        while (await timer.WaitForNextTickAsync(ended));
    }

    private async Task LookAsync(LeadershipTerm term, DateTimeOffset from, CancellationToken ended)
    {
        var now = time.GetUtcNow();
        var known = (await catalog.AllAsync(ended)).ToDictionary(alert => alert.State.Key, StringComparer.Ordinal);
        var findings = (await observer.LookAsync(Alerts.Rules, from, now, ended)).ToDictionary(finding => AlertState.KeyOf(finding.Rule.Name, finding.Group), StringComparer.Ordinal);
        foreach (var key in known.Keys.Union(findings.Keys).ToList())
        {
            var before = known.GetValueOrDefault(key);
            var next = findings.TryGetValue(key, out var finding)
                ? AlertEngine.Next(Alerts, finding.Rule, finding.Group, before?.State, AlertEngine.Firing(finding.Rule, before?.State, finding.Matches, now), now)
                : WithoutFinding(before!.State, now);
            if (next is null)
            {
                if (before is not null)
                    await catalog.RemoveAsync(before, ended);
                continue;
            }

            var stored = ReferenceEquals(next, before?.State) || next.Write() == before?.State.Write() ? before! : await catalog.WriteAsync(next, before, term, ended);
            if (stored is null)
                return;
            Tell(before?.State, next);
            await DeliverAsync(stored, term, now, ended);
        }
    }

    private async Task DeliverAsync(StoredAlert alert, LeadershipTerm term, DateTimeOffset now, CancellationToken ended)
    {
        var due = receivers.All.Where(receiver => AlertEngine.IsDue(alert.State, receiver.Name, receiver.Refresh, now)).ToList();
        if (due.Count == 0)
            return;
        var message = receivers.MessageOf(alert.State);
        var results = new (string Name, string? Problem)[due.Count];
        await Parallel.ForAsync(0, due.Count, new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = ended }, async (i, one) => results[i] = (due[i].Name, await SendAsync(due[i], message, one)));
        var state = results.Aggregate(alert.State, (told, result) => AlertEngine.Delivered(told, result.Name, result.Problem, time.GetUtcNow()));
        await catalog.WriteAsync(state, alert, term, ended);
    }

    private async Task<string?> SendAsync(IAlertReceiver receiver, AlertMessage message, CancellationToken cancellation)
    {
        try
        {
            await receiver.SendAsync(message, cancellation);
            return null;
        }
        catch (AlertDeliveryException e)
        {
            NotDelivered(log, message.Alert.Key, receiver.Name, e.Message);
            return e.Message;
        }
    }

    private void Tell(AlertState? before, AlertState next)
    {
        if (before is not null && before.Status == next.Status)
            return;
        var summary = receivers.MessageOf(next).Summary;
        events.Add(next.Status == AlertStatus.Firing ? EventTypes.AlertFiring : EventTypes.AlertResolved, null, summary, data: new() { ["alert"] = next.Rule, ["count"] = next.Count });
        Changed(log, next.Status, summary);
    }

    // An alert whose rule is no more ends as one of which nothing is found; one that has ended then stays.
    private AlertState? WithoutFinding(AlertState before, DateTimeOffset now)
    {
        var rule = Alerts.Rules.FirstOrDefault(r => r.Name == before.Rule);
        return rule is null && before.Status != AlertStatus.Firing ? before : AlertEngine.Next(Alerts, rule ?? RuleOf(before), before.Group, before, [], now);
    }

    private static AlertRule RuleOf(AlertState state) => new(state.Rule, TimeSpan.Zero, state.Severity, []);
}
