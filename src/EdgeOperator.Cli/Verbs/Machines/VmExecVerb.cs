using System.CommandLine;

namespace EdgeOperator.Cli.Verbs.Machines;

/// <summary>As a rule <see cref="Cli.Machines.ExecFastPath"/> runs it before this verb exists; here are its help, its completion and its errors.</summary>
internal sealed class VmExecVerb : Verb
{
    private readonly GuestOptions _guest = new();
    private readonly Argument<string[]> _command = new("COMMAND") { Description = "The program and its arguments, which arrive unmodified", Arity = ArgumentArity.OneOrMore };

    public VmExecVerb()
        : base("exec", "Run a program in the guest as if it ran here: directory, pipes, signals, exit code")
    {
        _guest.AddTo(this);
        Add(_command);
    }

    public override Task<int> RunAsync(Call call, CancellationToken cancellation) => _guest.RunAsync(call, call.Get(_command)!, cancellation);
}
