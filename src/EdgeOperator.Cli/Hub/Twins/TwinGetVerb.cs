namespace EdgeOperator.Cli.Hub.Twins;

internal sealed class TwinGetVerb : Verb
{
    private readonly HubDevice _device = new();
    private readonly TwinModule _module = new();

    public TwinGetVerb()
        : base("get", "The twin as JSON, or with -o yaml as YAML")
    {
        Add(_device);
        Add(_module);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var hub = HubClient.Of(call);
        TwinText.Print(call, await hub.GetAsync(_device.PathOf(call) + "/twin" + _module.Query(call), cancellation));
        return ExitCode.Done;
    }
}
