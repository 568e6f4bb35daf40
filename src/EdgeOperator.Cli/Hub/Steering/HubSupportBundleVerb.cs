namespace EdgeOperator.Cli.Hub.Steering;

internal sealed class HubSupportBundleVerb : Verb
{
    private readonly HubDevice _device = new();
    private readonly BundleFile _file = new();
    private readonly ReasonOption _reason = new();

    public HubSupportBundleVerb()
        : base("support-bundle", "Fetch a support bundle from a device, as `edgeop support-bundle` there makes it")
    {
        Add(_device);
        Add(_file);
        Add(_reason);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        using var answer = await hub.SendAsync(HttpMethod.Get, $"{_device.PathOf(call)}/support-bundle{HubClient.Query(("reason", call.Get(_reason)))}", null, cancellation);
        await using var bundle = await answer.Content.ReadAsStreamAsync(cancellation);
        if (await _file.WriteAsync(call, call.Get(_device)!, output => bundle.CopyToAsync(output, cancellation)) is { } path)
            call.Terminal.Out.WriteLine($"{path}: look through its logs before you give it to somebody; secrets that are known as such are not in it.");
        return ExitCode.Done;
    }
}
