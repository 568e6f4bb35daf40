using System.CommandLine;
using EdgeOperator.Cli.Completion;

namespace EdgeOperator.Cli.Verbs;

internal sealed class RollbackVerb : Verb
{
    private readonly Argument<string?> _revision = new Argument<string?>("REVISION")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = "A kept revision's id or its beginning; without it, the one before the current",
    }.Suggest(Suggestions.Revisions);

    public RollbackVerb()
        : base("rollback", "Go back to a kept revision; holds until resume or the source moves") => Add(_revision);

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var agent = call.Agent();
        var held = await agent.RollBackAsync(call.Get(_revision), cancellation);
        call.Printer.Out.WriteLine($"Rolling back to {held}: it holds until `edgeop resume` or the source moves; `edgeop status` shows how it goes.");
        return ExitCode.Done;
    }
}
