using System.CommandLine;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Cli.Output;
using EdgeOperator.Cli.Publishing;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Cli.Verbs.Functions;

internal sealed class FunctionPublishVerb : Verb
{
    private readonly Argument<string> _folder = new Argument<string>("DIR") { Description = "The app's folder, with host.json; what its .funcignore names is left out" }.Suggest(Suggestions.Paths);
    private readonly Option<string?> _to = new("--to") { Description = "Where to publish (default: as the settings file says)", HelpName = "URL" };
    private readonly Option<string?> _settings = new Option<string?>("--settings") { Description = "A .PublishSettings file with the credentials (default: the password in EDGEOP_PUBLISH_TOKEN)", HelpName = "FILE" }.Suggest(Suggestions.Paths);
    private readonly Option<string?> _authority = new Option<string?>("--ca-file") { Description = "Certificates (PEM) to trust in place of the system's", HelpName = "FILE" }.Suggest(Suggestions.Paths);
    private readonly Option<string?> _message = new("--message") { Description = "What to say of this deployment", HelpName = "TEXT" };
    private readonly Option<string> _timeout = new("--timeout") { Description = "How long the device may take to put it into service", HelpName = "DURATION", DefaultValueFactory = _ => "10m" };

    public FunctionPublishVerb()
        : base("publish", "Publish an app's folder to a device, and wait until it is served")
    {
        Add(_folder);
        Add(_to);
        Add(_settings);
        Add(_authority);
        Add(_message);
        Add(_timeout);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var timeout = Duration.Parse(call.Get(_timeout)!)
            ?? throw UserError.Invalid($"--timeout can't be \"{call.Get(_timeout)}\": write a duration such as 30s, 5m or 1h30m");
        var target = PublishTarget.Of(call.Get(_to), call.Get(_settings), call.Terminal.Variable);
        await using var zip = new FileStream(
            Path.Combine(Path.GetTempPath(), $"edgeop-{Guid.NewGuid():n}.zip"), new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose });
        var count = AppZip.Write(Path.GetFullPath(call.Get(_folder)!), zip);
        call.Terminal.Error.WriteLine($"Publishing {count} files, {Bytes.Of(zip.Length, 0)}, to {target.Url} …");
        zip.Position = 0;

        using var http = target.CreateClient(call.Get(_authority));
        var client = new PublishClient(http, call.Terminal.Time);
        try
        {
            var deployment = await client.UploadAsync(zip, call.Get(_message), cancellation);
            var answer = await client.WaitAsync(deployment, timeout, cancellation);
            if (call.Printer.IsDocument)
                call.Printer.Print(answer);
            else
                call.Printer.Out.WriteLine($"{(string?)answer["site_name"]} is served as version {(string?)answer["version"]} (deployment {(string?)answer["id"]}).");
            return ExitCode.Done;
        }
        catch (HttpRequestException e)
        {
            throw new UserError(ExitCode.Failed, $"{target.Url} can't be reached: {e.InnerException?.Message ?? e.Message}");
        }
    }
}
