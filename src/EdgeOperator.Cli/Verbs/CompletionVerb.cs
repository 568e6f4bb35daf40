using System.CommandLine;

namespace EdgeOperator.Cli.Verbs;

internal sealed class CompletionVerb : Verb
{
    private static readonly string[] Shells = ["bash", "zsh", "fish", "pwsh"];

    private readonly Argument<string> _shell = new Argument<string>("SHELL") { HelpName = string.Join('|', Shells), Description = "Whose script" }
        .AcceptOnlyFromAmong(Shells);

    public CompletionVerb()
        : base("completion", "A script that makes a shell complete edgeop's command lines") => Add(_shell);

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        await using var script = typeof(CompletionVerb).Assembly.GetManifestResourceStream($"completion.{call.Get(_shell)}")!;
        await script.CopyToAsync(call.Terminal.Bytes, cancellation);
        return ExitCode.Done;
    }
}
