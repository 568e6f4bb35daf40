using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Verbs;

internal sealed class ResumeVerb : Verb
{
    private readonly ResourceArguments _resource = new("Only this resource; without it, the whole device", isRequired: false);
    private readonly ReasonOption _reason = new();

    public ResumeVerb()
        : base("resume", "End a suspension and, for the whole device, a held roll-back")
    {
        _resource.AddTo(this);
        Add(_reason);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var agent = call.Agent();
        var resource = _resource.Optional(call);
        await agent.ResumeAsync(resource, cancellation, call.Get(_reason));
        call.Printer.Answer(new JsonObject { ["resumed"] = resource?.ToString() ?? "device" }, $"Resumed {resource?.ToString() ?? "the device"}.");
        return ExitCode.Done;
    }
}
