using System.CommandLine;

namespace EdgeOperator.Cli.Verbs.Machines;

internal sealed class VmExecVerb : GuestVerb
{
    private readonly Argument<string[]> _command = new("COMMAND")
    {
        Description = "The program and its arguments, which reach it as they are; put -- before them",
        HelpName = "COMMAND",
        Arity = ArgumentArity.OneOrMore,
    };

    public VmExecVerb()
        : base("exec", "Run a program in a virtual machine as if it ran here") => Add(_command);

    public override Task<int> RunAsync(Call call, CancellationToken cancellation) => RunAsync(call, [.. call.Get(_command)!]);
}
