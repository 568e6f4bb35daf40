using System.CommandLine;
using EdgeOperator.Cli.Completion;

namespace EdgeOperator.Cli.Verbs.Functions;

internal sealed class FunctionRollbackVerb : Verb
{
    private readonly Argument<string> _app = new Argument<string>("APP") { Description = "Whose package" }.Suggest(Suggestions.Apps);

    private readonly Argument<string?> _deployment = new("DEPLOYMENT")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = "A deployment, by its id or a beginning of it; without it, the version that was in service before",
    };

    public FunctionRollbackVerb()
        : base("rollback", "Put an earlier deployment of a published app into service again")
    {
        Add(_app);
        Add(_deployment);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var agent = call.Agent();
        FunctionDeploymentsVerb.Print(call, await agent.RepeatDeploymentAsync(FunctionName.App(call.Get(_app)!), call.Get(_deployment) ?? "previous", cancellation));
        return ExitCode.Done;
    }
}
