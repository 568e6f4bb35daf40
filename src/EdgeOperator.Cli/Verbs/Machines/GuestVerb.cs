using System.Collections.Immutable;
using System.CommandLine;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Cli.Machines;

namespace EdgeOperator.Cli.Verbs.Machines;

/// <summary>A verb that runs something in a guest. Most calls never come here: see <see cref="FastWay"/>.</summary>
internal abstract class GuestVerb : Verb
{
    private readonly Argument<string> _machine = new Argument<string>("NAME") { Description = "The virtual machine" }.Suggest(Suggestions.Machines);
    private readonly Option<string?> _user = new("--user", "-u") { Description = "Whom to run as (default: the machine's own)", HelpName = "USER" };
    private readonly Option<string?> _directory = new("--cd") { Description = "Where to run, in the guest; ~ is the user's home (default: here, where the guest sees it)", HelpName = "DIR" };

    protected GuestVerb(string name, string description)
        : base(name, description)
    {
        Add(_machine);
        Add(_user);
        Add(_directory);
    }

    /// <param name="command">Empty for a login shell.</param>
    protected Task<int> RunAsync(Call call, ImmutableArray<string> command)
    {
        if (!OperatingSystem.IsLinux())
            throw new UserError(ExitCode.Failed, "machines are entered from Linux only; on Windows use Invoke-EflowVmCommand or wsl.exe");
        return Task.FromResult(GuestSession.Run(new(MachineName.Of(call.Get(_machine)!), command)
        {
            Config = call.ConfigFile,
            User = call.Get(_user),
            Directory = call.Get(_directory),
        }));
    }
}
