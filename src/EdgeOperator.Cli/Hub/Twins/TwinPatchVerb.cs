using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Completion;

namespace EdgeOperator.Cli.Hub.Twins;

internal sealed class TwinPatchVerb : Verb
{
    private const string StandardInput = "-";

    private readonly HubDevice _device = new();
    private readonly Argument<string?> _patch = new("PATCH") { Arity = ArgumentArity.ZeroOrOne, Description = "JSON: {\"tags\": {…}, \"properties\": {\"desired\": {…}}}; null removes a key" };
    private readonly Option<string?> _file = new Option<string?>("--file", "-f") { Description = "Read the patch from a file, or with - from standard input", HelpName = "FILE" }.Suggest(Suggestions.Paths);
    private readonly TwinModule _module = new();

    public TwinPatchVerb()
        : base("patch", "Merge into tags and desired properties, and print the twin")
    {
        Add(_device);
        Add(_patch);
        Add(_file);
        Add(_module);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var patch = Parse(await TextAsync(call, cancellation));
        using var hub = HubClient.Of(call);
        TwinText.Print(call, await hub.AskAsync(HttpMethod.Patch, _device.PathOf(call) + "/twin" + _module.Query(call), patch, cancellation));
        return ExitCode.Done;
    }

    private async Task<string> TextAsync(Call call, CancellationToken cancellation)
    {
        switch ((call.Get(_patch), call.Get(_file)))
        {
            case ({ } text, null):
                return text;
            case (null, StandardInput):
                using (var reader = new StreamReader(call.Terminal.Stdin))
                    return await reader.ReadToEndAsync(cancellation);
            case (null, { } file):
                return await File.ReadAllTextAsync(file, cancellation);
            case (null, null):
                throw UserError.Invalid("the patch is missing: write it as JSON, or name a file with --file");
            default:
                throw UserError.Invalid("PATCH and --file exclude each other");
        }
    }

    private static JsonObject Parse(string text)
    {
        try
        {
            var patch = JsonNode.Parse(text) as JsonObject ?? throw UserError.Invalid("the patch is not a JSON object");
            return patch.All(part => part.Key is "tags" or "properties")
                ? patch
                : throw UserError.Invalid($"the patch has \"{patch.First(part => part.Key is not ("tags" or "properties")).Key}\": only tags and properties.desired can be written");
        }
        catch (JsonException e)
        {
            throw UserError.Invalid($"the patch is not valid JSON: {e.Message}");
        }
    }
}
