using System.CommandLine;
using EdgeOperator.Cli.Completion;

namespace EdgeOperator.Cli.Verbs;

internal sealed class SuspendVerb : Verb
{
    private readonly Argument<string?> _resource = new Argument<string?>("KIND/NAME") { Arity = ArgumentArity.ZeroOrOne, Description = "Only this resource; without it, the whole device" }
        .Suggest(Suggestions.Resources);

    private readonly ReasonOption _reason = new();

    public SuspendVerb()
        : base("suspend", "Leave a resource, or the whole device, as it is until resume")
    {
        Add(_resource);
        Add(_reason);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var agent = call.Agent();
        var resource = call.Resource(_resource);
        await agent.SuspendAsync(resource, cancellation, call.Get(_reason));
        call.Printer.Out.WriteLine($"Suspended {resource?.ToString() ?? "the device"}: `edgeop resume{(resource is null ? "" : $" {resource}")}` ends it.");
        return ExitCode.Done;
    }
}
