namespace EdgeOperator.Cli.Verbs.Machines;

/// <summary>As <see cref="VmExecVerb"/>, with the user's login shell.</summary>
internal sealed class VmShellVerb : Verb
{
    private readonly GuestOptions _guest = new();

    public VmShellVerb()
        : base("shell", "Open the user's login shell in the guest") =>
        _guest.AddTo(this);

    public override Task<int> RunAsync(Call call, CancellationToken cancellation) => _guest.RunAsync(call, [], cancellation);
}
