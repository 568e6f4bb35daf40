using System.CommandLine;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Hub.Devices;

namespace EdgeOperator.Cli.Hub.Enrollments;

internal sealed class EnrollmentsApproveVerb : Verb
{
    private readonly EnrollmentRequest _request = new();
    private readonly Option<string[]> _labels = new("--label", "-l") { Description = "A label that the device gets; may be given more than once", HelpName = "KEY=VALUE" };

    public EnrollmentsApproveVerb()
        : base("approve", "Let a device join")
    {
        Add(_request);
        Add(_labels);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var labels = LabelWords.Read(call.Get(_labels) ?? [], mayRemove: false);
        using var hub = HubClient.Of(call);
        var id = await _request.FindAsync(hub, call, cancellation);
        var answer = await hub.PostAsync($"enrollments/{id}/approve", labels.Count == 0 ? null : new JsonObject { ["labels"] = labels }, cancellation);
        call.Printer.Answer(answer!, $"{(string?)answer!["deviceId"]} may join: it fetches its certificate with its next try.");
        return ExitCode.Done;
    }
}
