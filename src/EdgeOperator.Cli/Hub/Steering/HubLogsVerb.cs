using System.CommandLine;
using System.Globalization;

namespace EdgeOperator.Cli.Hub.Steering;

internal sealed class HubLogsVerb : Verb
{
    private readonly HubDevice _device = new();
    private readonly HubResource _resource = new("Whose log");
    private readonly Option<bool> _follow = new("--follow", "-f") { Description = "Go on until interrupted" };
    private readonly Option<int?> _tail = new("--tail") { Description = "Only the last lines", HelpName = "N" };
    private readonly Option<string?> _since = new("--since") { Description = "Only what is not older: 10m, or a time (modules)", HelpName = "TIME" };
    private readonly Option<bool> _timestamps = new("--timestamps", "-t") { Description = "Begin every line with its time (modules)" };
    private readonly Option<bool> _previous = new("--previous", "-p") { Description = "Of the run or container before, also when it is gone (modules)" };
    private readonly ReasonOption _reason = new();

    public HubLogsVerb()
        : base("logs", "The log of a module or function app of a device, or a machine's console")
    {
        Add(_device);
        _resource.AddTo(this);
        foreach (var option in (Option[])[_follow, _tail, _since, _timestamps, _previous, _reason])
            Add(option);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var isFollowing = call.Get(_follow);
        if (call.Get(_previous) && isFollowing)
            throw UserError.Invalid("--previous and --follow exclude each other: what is over does not go on");
        var since = Moment.Parse("--since", call.Get(_since), call.Terminal.Time);
        (string, string?)[] query =
        [
            ("resource", _resource.Required(call).ToString()),
            ("follow", isFollowing ? "true" : null),
            ("tail", call.Get(_tail)?.ToString(CultureInfo.InvariantCulture)),
            ("since", since?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
            ("timestamps", call.Get(_timestamps) ? "true" : null),
            ("previous", call.Get(_previous) ? "true" : null),
            ("reason", call.Get(_reason)),
        ];
        using var hub = HubClient.Of(call);
        try
        {
            using var answer = await hub.SendAsync(HttpMethod.Get, $"{_device.PathOf(call)}/logs{HubClient.Query(query)}", null, cancellation);
            await using var log = await answer.Content.ReadAsStreamAsync(cancellation);
            await call.PrintLinesAsync(output => log.CopyToAsync(output, cancellation), call.Get(_timestamps));
        }
        catch (OperationCanceledException) when (isFollowing)
        {
        }

        return ExitCode.Done;
    }
}
