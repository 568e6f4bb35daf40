using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Hub.Alerts;

internal sealed class AlertsTestVerb() : Verb("test", "Send everybody who is told of alerts one that says that it is a test")
{
    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        var receivers = (await hub.PostAsync("alerts/test", null, cancellation))!["items"]!.AsArray().Select(item => item!.AsObject()).ToList();
        var failed = receivers.Where(receiver => receiver["problem"] is not null).ToList();
        if (call.Printer.IsDocument)
            call.Printer.Print((JsonNode)new JsonArray([.. receivers.Select(receiver => receiver.DeepClone())]));
        else if (receivers.Count == 0)
            call.Terminal.Out.WriteLine("Nobody is told of alerts: alerts.email, alerts.webhooks and alerts.alertmanagers in hub.yaml say who is to be.");
        else if (receivers.Count > failed.Count)
            call.Terminal.Out.WriteLine($"Told: {string.Join(", ", receivers.Except(failed).Select(receiver => (string?)receiver["receiver"]))}");
        return failed.Count == 0 ? ExitCode.Done : throw new UserError(ExitCode.Failed, [.. failed.Select(receiver => $"{receiver["receiver"]} could not be told: {receiver["problem"]}")]);
    }
}
