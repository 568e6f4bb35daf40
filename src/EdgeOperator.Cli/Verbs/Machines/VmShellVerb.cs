namespace EdgeOperator.Cli.Verbs.Machines;

internal sealed class VmShellVerb() : GuestVerb("shell", "A login shell in a virtual machine")
{
    public override Task<int> RunAsync(Call call, CancellationToken cancellation) => RunAsync(call, []);
}
