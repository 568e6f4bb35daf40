using System.CommandLine;
using EdgeOperator.Cli.Completion;

namespace EdgeOperator.Cli.Verbs;

internal sealed class ResumeVerb : Verb
{
    private readonly Argument<string?> _resource = new Argument<string?>("KIND/NAME") { Arity = ArgumentArity.ZeroOrOne, Description = "Only this resource; without it, the whole device" }
        .Suggest(Suggestions.Resources);

    private readonly ReasonOption _reason = new();

    public ResumeVerb()
        : base("resume", "End a suspension and, for the whole device, a held roll-back")
    {
        Add(_resource);
        Add(_reason);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var agent = call.Agent();
        var resource = call.Resource(_resource);
        await agent.ResumeAsync(resource, cancellation, call.Get(_reason));
        call.Printer.Out.WriteLine($"Resumed {resource?.ToString() ?? "the device"}.");
        return ExitCode.Done;
    }
}
