using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Nodes;
using EdgeOperator.Agent.Sources;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Core.Fleets;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Cli.Hub.Fleets;

internal sealed class HubApplyVerb : Verb
{
    private readonly Option<string[]> _files = new Option<string[]>("--file", "-f") { Description = "A file of manifests of kind Fleet; - is standard input", HelpName = "FILE", Required = true, AllowMultipleArgumentsPerToken = true }
        .Suggest(Suggestions.Paths);

    public HubApplyVerb()
        : base("apply", "Make fleets as manifests say, or change them: a new revision begins to roll out") => Add(_files);

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var (fleets, problems, warnings) = FleetManifests.Read(RegisteredKinds.All.Manifests, await FilesAsync(call, cancellation));
        call.Errors.Warn(warnings.Select(warning => warning.ToString()));
        if (!problems.IsEmpty)
            throw UserError.Invalid(problems);
        if (fleets.IsEmpty)
            throw UserError.Invalid("there is no manifest to apply: write one of kind Fleet; `edgeop schema Fleet` describes it");
        using var hub = HubClient.Of(call);
        var written = new JsonArray();
        foreach (var fleet in fleets)
        {
            written.Add(await hub.AskAsync(HttpMethod.Put, $"fleets/{Uri.EscapeDataString(fleet.Name)}", new JsonObject { ["spec"] = fleet.Written.DeepClone() }, cancellation));
            if (!call.Printer.IsDocument)
                call.Printer.Out.WriteLine($"Fleet/{fleet.Name} is to be at {fleet.Spec.Source.Ref.Commit}: `edgeop hub rollouts watch {fleet.Name}` shows how it goes.");
        }

        if (call.Printer.IsDocument)
            call.Printer.Print((JsonNode)written);
        return ExitCode.Done;
    }

    private async Task<ImmutableArray<ManifestFile>> FilesAsync(Call call, CancellationToken cancellation)
    {
        var files = ImmutableArray.CreateBuilder<ManifestFile>();
        foreach (var path in call.Get(_files)!)
        {
            try
            {
                files.Add(await GivenManifests.ReadStreamAsync(path, call.Terminal.Stdin, cancellation) ?? new(path, await DirectorySource.ReadFileAsync(path, cancellation)));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw UserError.Invalid($"{path} can't be read: {e.Message}");
            }
        }

        return files.ToImmutable();
    }
}
