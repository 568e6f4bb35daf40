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
    private readonly Option<string[]> _files = new Option<string[]>("--file", "-f") { Description = "A file of manifests of kind Fleet or Repository; - is standard input", HelpName = "FILE", Required = true, AllowMultipleArgumentsPerToken = true }
        .Suggest(Suggestions.Paths);

    public HubApplyVerb()
        : base("apply", "Make fleets and repositories as manifests say, or change them: a new revision begins to roll out") => Add(_files);

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var (manifests, problems, warnings) = HubManifests.Read(RegisteredKinds.All.Manifests, await FilesAsync(call, cancellation));
        call.Errors.Warn(warnings.Select(warning => warning.ToString()));
        if (!problems.IsEmpty)
            throw UserError.Invalid(problems);
        if (manifests.IsEmpty)
            throw UserError.Invalid("there is no manifest to apply: write one of kind Fleet or Repository; `edgeop schema Fleet` describes it");
        using var hub = HubClient.Of(call);
        var written = new JsonArray();

        // What fleets follow goes before them.
        foreach (var manifest in manifests.OrderBy(one => one.Fleet is not null))
        {
            var collection = manifest.Fleet is null ? "repositories" : "fleets";
            written.Add(await hub.AskAsync(HttpMethod.Put, $"{collection}/{Uri.EscapeDataString(manifest.Name)}", new JsonObject { ["spec"] = manifest.Written.DeepClone() }, cancellation));
            if (!call.Printer.IsDocument)
                call.Printer.Out.WriteLine(Said(manifest));
        }

        if (call.Printer.IsDocument)
            call.Printer.Print((JsonNode)written);
        return ExitCode.Done;
    }

    private static string Said(HubManifest manifest) => manifest.Fleet is { } fleet
        ? $"Fleet/{manifest.Name} is to be at {fleet.Source.Ref?.Commit ?? $"what {fleet.Source.Repository} has in /{fleet.Source.Folder}"}: `edgeop hub rollouts watch {manifest.Name}` shows how it goes."
        : $"Repository/{manifest.Name} is followed: `edgeop hub repositories get {manifest.Name}` shows whether it is in order.";

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
