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

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var report = (await _device.InvokeAsync(call, AgentMethods.Check, new(), cancellation)).Deserialize(ProtocolJson.Default.CheckReport);
        return report is { Checks.IsDefault: false } ? CheckView.Print(call, report, call.Get(_warnings)) : throw new UserError(ExitCode.Failed, $"{call.Get(_device)} answers what is no report");
    }
}
