using System.CommandLine;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Cli.Machines;

namespace EdgeOperator.Cli.Verbs.Machines;

/// <summary>What <c>vm exec</c> and <c>vm shell</c> have in common.</summary>
internal sealed class GuestOptions
{
    private readonly Argument<string> _machine = new Argument<string>("NAME") { Description = "The virtual machine" }.Suggest(Suggestions.Machines);
    private readonly Option<string?> _user = new("--user", "-u") { Description = "Whom to run as (default: the machine's spec.user)", HelpName = "USER" };

    private readonly Option<string?> _directory = new("--cd")
    {
        Description = "Where to start, in the guest; ~ for the user's home (default: this directory where the guest sees it, otherwise the home)",
        HelpName = "DIR",
    };

    private readonly Option<bool> _keep = new("--nohup") { Description = "Leave the program running when this command is killed; otherwise it is hung up (SIGHUP)" };

    public void AddTo(Command verb)
    {
        verb.Add(_user);
        verb.Add(_directory);
        verb.Add(_keep);
        verb.Add(_machine);
    }

    /// <returns>The exit code of what ran in the guest.</returns>
    public Task<int> RunAsync(Call call, IEnumerable<string> command, CancellationToken cancellation)
    {
        var guest = new GuestCall(call.Get(_machine)!, [.. command]) { Config = call.ConfigFile, User = call.Get(_user), Directory = call.Get(_directory), KeepsRunning = call.Get(_keep) };
        return OperatingSystem.IsLinux() && AgentExec.Applies(guest) ? AgentExec.RunAsync(call, guest, cancellation) : Task.Run(() => GuestExec.Run(guest), cancellation);
    }
}
