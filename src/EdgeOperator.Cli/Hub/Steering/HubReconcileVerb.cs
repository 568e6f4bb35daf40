using System.CommandLine;
using System.Text.Json;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.Protocol.Hub;

namespace EdgeOperator.Cli.Hub.Steering;

internal sealed class HubReconcileVerb : Verb
{
    private readonly HubDevice _device = new();
    private readonly Option<bool> _retry = new("--retry") { Description = "Try the newest revision again although it failed, and at once what waits after a failure" };
    private readonly ReasonOption _reason = new();

    public HubReconcileVerb()
        : base("reconcile", "Have a device fetch every source and run a pass now")
    {
        Add(_device);
        Add(_retry);
        Add(_reason);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var answer = await _device.InvokeAsync(call, AgentMethods.Reconcile, new() { Retry = call.Get(_retry), Reason = call.Get(_reason) }, cancellation);
        var status = answer.Deserialize(ProtocolJson.Default.DeviceStatus)!;
        if (call.Printer.IsDocument)
            call.Printer.Print(Documents.Of(status));
        if (ReconcileResult.Failure(status) is { } failure)
            throw new UserError(ExitCode.Failed, failure);
        if (!call.Printer.IsDocument)
            call.Printer.Out.WriteLine(ReconcileResult.Describe(status));
        return ExitCode.Done;
    }
}
