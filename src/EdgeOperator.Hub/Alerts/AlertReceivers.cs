using EdgeOperator.Core.Alerts;
using EdgeOperator.Core.Hub;
using EdgeOperator.Portal.Hosting;

namespace EdgeOperator.Hub.Alerts;

/// <summary>All who are told of alerts, by the hub's configuration.</summary>
internal sealed class AlertReceivers : IDisposable
{
    private readonly string _hub;

    public AlertReceivers(HubConfiguration configuration, PortalOptions portal, TimeProvider time)
    {
        _hub = portal.HubUrl;
        var alerts = configuration.Alerts;
        var names = new HashSet<string>(StringComparer.Ordinal);
        All =
        [
            .. alerts.Webhooks.Select(w => new WebhookReceiver(Unique(w.Name), w)),
            .. alerts.Alertmanagers.Select(a => new AlertmanagerReceiver(Unique(a.Name), a, time)),
            .. alerts.Email is { } mail ? (IAlertReceiver[])[new MailReceiver(mail, _hub)] : [],
        ];

        string Unique(string name)
        {
            var unique = name;
            for (var number = 2; unique == "email" || !names.Add(unique); number++)
                unique = $"{name}-{number}";
            return unique;
        }
    }

    public IReadOnlyList<IAlertReceiver> All { get; }

    public AlertMessage MessageOf(AlertState alert) => new(alert, _hub);

    public void Dispose()
    {
        foreach (var receiver in All.OfType<IDisposable>())
            receiver.Dispose();
    }
}
