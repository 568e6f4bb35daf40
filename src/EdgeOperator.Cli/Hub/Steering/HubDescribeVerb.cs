using System.Text.Json;
using EdgeOperator.Cli.Verbs;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.Protocol.Hub;

namespace EdgeOperator.Cli.Hub.Steering;

internal sealed class HubDescribeVerb : Verb
{
    private readonly HubDevice _device = new();
    private readonly HubResource _resource = new("The resource");

    public HubDescribeVerb()
        : base("describe", "One resource of a device in full: observed state, conditions, last events")
    {
        Add(_device);
        _resource.AddTo(this);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var request = new MethodRequest { Resource = _resource.Required(call).ToString() };
        var answer = (await _device.InvokeAsync(call, AgentMethods.Describe, request, cancellation)).Deserialize(ProtocolJson.Default.DescribeAnswer)!;
        DescribeVerb.Print(call.Printer, answer.Resource, answer.Events);
        return ExitCode.Done;
    }
}
