using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Verbs;

internal sealed class SuspendVerb : Verb
{
    private readonly ResourceArguments _resource = new("Only this resource; without it, the whole device", isRequired: false);
    private readonly ReasonOption _reason = new();

    public SuspendVerb()
        : base("suspend", "Leave a resource, or the whole device, as it is until resume")
    {
        _resource.AddTo(this);
        Add(_reason);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var agent = call.Agent();
        var resource = _resource.Optional(call);
        await agent.SuspendAsync(resource, cancellation, call.Get(_reason));
        call.Printer.Answer(new JsonObject { ["suspended"] = resource?.ToString() ?? "device" }, $"Suspended {resource?.ToString() ?? "the device"}: `edgeop resume{(resource is null ? "" : $" {resource}")}` ends it.");
        return ExitCode.Done;
    }
}
