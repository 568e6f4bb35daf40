using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Hub.Enrollments;

internal sealed class EnrollmentsDenyVerb : Verb
{
    private readonly EnrollmentRequest _request = new();

    public EnrollmentsDenyVerb()
        : base("deny", "Refuse a device")
    {
        Add(_request);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        var id = await _request.FindAsync(hub, call, cancellation);
        await hub.PostAsync($"enrollments/{id}/deny", null, cancellation);
        call.Printer.Answer(new JsonObject { ["denied"] = id }, $"{call.Get(_request)} may not join.");
        return ExitCode.Done;
    }
}
