using System.CommandLine;
using System.Text.Json.Nodes;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Cli.Hub.Artifacts;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Hub.Fleets;

internal sealed class HubPlanVerb : Verb
{
    private readonly HubFleet _fleet = new();
    private readonly Option<string?> _commit = new("--commit") { Description = "A commit of the fleet's repository, by its id", HelpName = "SHA" };
    private readonly Option<string?> _path = new Option<string?>("--path") { Description = "Instead of a commit: a folder as it lies here, such as the fleet's folder in a working tree", HelpName = "FOLDER" }.Suggest(Suggestions.Paths);
    private readonly Option<string?> _device = new Option<string?>("--device") { Description = "Of this device of the fleet alone", HelpName = "DEVICE" }.Suggest(HubSuggestions.Devices);
    private readonly Option<bool> _detailed = new("--detailed-exitcode") { Description = "Exit with 2 when a device would change" };

    public HubPlanVerb()
        : base("plan", "What a commit would do to every device of a fleet, from what each has last said of itself; -o markdown for a pull request")
    {
        Add(_fleet);
        Add(_commit);
        Add(_path);
        Add(_device);
        Add(_detailed);
    }

    public override bool PrintsMarkdown => true;

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        var answer = (await AskAsync(hub, call, cancellation))!.AsObject();
        if (call.Printer.IsDocument)
            call.Printer.Print((JsonNode)answer);
        else if (call.Printer.Format == Format.Markdown)
            call.Printer.Out.Write(FleetPlanMarkdown.Of(answer));
        else
            FleetPlanView.Print(answer, call.Printer);
        var plan = answer["plan"]!;
        if ((int)plan["invalid"]! > 0)
            return ExitCode.InvalidInput;
        return call.Get(_detailed) && (int)plan["changed"]! > 0 ? ExitCode.ChangesPending : ExitCode.Done;
    }

    private async Task<JsonNode?> AskAsync(HubClient hub, Call call, CancellationToken cancellation)
    {
        var device = call.Get(_device) is { } name ? $"device={Uri.EscapeDataString(name)}" : "";
        switch ((call.Get(_commit), call.Get(_path)))
        {
            case ({ } commit, null):
                return await hub.GetAsync($"{_fleet.PathOf(call)}/plan?commit={Uri.EscapeDataString(commit.ToLowerInvariant())}&{device}", cancellation);
            case (null, { } path):
                if (!Directory.Exists(path))
                    throw UserError.Invalid($"there is no folder {path}");
                await using (var package = await FolderPackage.OfAsync(path, call, cancellation))
                    return await hub.UploadAsync(HttpMethod.Post, $"{_fleet.PathOf(call)}/plan?{device}", package, cancellation);
            default:
                throw UserError.Invalid("what is to be planned is not said: give --commit SHA, or --path FOLDER");
        }
    }
}
