using EdgeOperator.Cli.Views;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Cli.Verbs.Machines;

/// <summary>What <c>get VirtualMachine</c> tells, by the name under which users of other programs look for it.</summary>
internal sealed class VmListVerb() : Verb("list", "The virtual machines of this device, with their observed state")
{
    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var agent = call.Agent();
        var machines = await agent.GetResourcesAsync(KindNames.VirtualMachine, cancellation);
        if (call.Printer.IsDocument)
            call.Printer.Print(Documents.Of(machines));
        else if (machines.Length == 0)
            call.Terminal.Error.WriteLine("No virtual machines.");
        else
            call.Printer.Print(ResourceTable.Of(machines, call.Printer));
        return ExitCode.Done;
    }
}
