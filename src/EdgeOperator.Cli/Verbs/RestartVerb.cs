using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Verbs;

internal sealed class RestartVerb : Verb
{
    private readonly ResourceArguments _resource = new("The module or virtual machine");
    private readonly ReasonOption _reason = new();

    public RestartVerb()
        : base("restart", "Restart the container of a module, or a virtual machine; what does not run is not started")
    {
        _resource.AddTo(this);
        Add(_reason);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var agent = call.Agent();
        var resource = _resource.Required(call);
        var note = await agent.RestartAsync(resource, cancellation, call.Get(_reason));
        call.Printer.Answer(new JsonObject { ["resource"] = resource.ToString(), ["restarted"] = note is null, ["note"] = note }, note is null ? $"Restarted {resource}." : $"{note}.");
        return ExitCode.Done;
    }
}
