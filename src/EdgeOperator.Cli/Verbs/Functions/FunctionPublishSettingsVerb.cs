using System.CommandLine;
using EdgeOperator.Cli.Completion;

namespace EdgeOperator.Cli.Verbs.Functions;

internal sealed class FunctionPublishSettingsVerb : Verb
{
    private readonly Argument<string> _app = new Argument<string>("APP") { Description = "Whose credentials" }.Suggest(Suggestions.Apps);

    public FunctionPublishSettingsVerb()
        : base("publish-settings", "Make an app's publish credentials anew, and print its .PublishSettings file once; those before are no longer valid") => Add(_app);

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var agent = call.Agent();
        call.Printer.Out.Write(await agent.CreatePublishSettingsAsync(FunctionName.App(call.Get(_app)!), cancellation));
        return ExitCode.Done;
    }
}
