using System.Text.Json;
using EdgeOperator.Cli.Views;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.Protocol.Hub;

namespace EdgeOperator.Cli.Hub.Steering;

internal sealed class HubCheckVerb : Verb
{
    private readonly HubDevice _device = new();
    private readonly WarningsOption _warnings = new();

    public HubCheckVerb()
        : base("check", "Have a device look for what is wrong on it, as `edgeop check` there does")
    {
        Add(_device);
        Add(_warnings);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation) =>
        CheckView.Print(call, (await _device.InvokeAsync(call, AgentMethods.Check, new(), cancellation)).Deserialize(ProtocolJson.Default.CheckReport)!, call.Get(_warnings));
}
