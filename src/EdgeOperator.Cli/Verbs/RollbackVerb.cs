using System.CommandLine;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Completion;

namespace EdgeOperator.Cli.Verbs;

internal sealed class RollbackVerb : Verb
{
    private readonly Argument<string?> _revision = new Argument<string?>("REVISION")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = "A kept revision, by its id or as history shows it, or a beginning; without it, the good one before the current",
    }.Suggest(Suggestions.Revisions);

    private readonly ReasonOption _reason = new();

    public RollbackVerb()
        : base("rollback", "Go back to a kept revision; holds until resume or a commit that changes the device")
    {
        Add(_revision);
        Add(_reason);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var agent = call.Agent();
        var held = await agent.RollBackAsync(call.Get(_revision), cancellation, call.Get(_reason));
        call.Printer.Answer(new JsonObject { ["heldAt"] = held }, $"Rolling back to {held}: it holds until `edgeop resume`, or until a commit changes what the device is made of; `edgeop status` shows how it goes.");
        return ExitCode.Done;
    }
}
