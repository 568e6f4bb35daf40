using System.CommandLine;
using System.Text.Json.Nodes;
using EdgeOperator.Agent.Loop;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Verbs;

internal sealed class RenderVerb : Verb
{
    private readonly Argument<string[]> _paths = new Argument<string[]>("PATH") { Arity = ArgumentArity.ZeroOrMore, Description = GivenManifests.Description }
        .Suggest(Suggestions.Paths);

    public RenderVerb()
        : base("render", "The manifests that this device would get: chosen by its labels, with its variables") => Add(_paths);

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var loggers = call.QuietLoggers();
        using var given = await GivenManifests.OfAsync(call.Get(_paths), call.Terminal.Stdin, cancellation);
        var result = await Preview.RenderAsync(call.Configuration(given), loggers, call.Terminal.Time, cancellation);
        if (result.Rendering is not { } rendering)
            throw Previewed.Undelivered(result, given);

        call.Errors.Warn(rendering.Warnings.Select(w => w.ToString()));
        if (rendering.State is not { } state)
            throw UserError.Invalid(rendering.Problems);

        var manifests = state.Manifests.OrderBy(m => m.Key).Select(m => m.Value).ToList();
        if (call.Printer.Format == Format.Json)
        {
            call.Printer.Print(new JsonArray([.. manifests.Select(m => (JsonNode)m.ToJson())]));
            return ExitCode.Done;
        }

        foreach (var manifest in manifests)
            call.Printer.Out.Write($"---\n# {manifest.Origin}\n{YamlText.Render(manifest.ToJson())}");

        return ExitCode.Done;
    }
}
