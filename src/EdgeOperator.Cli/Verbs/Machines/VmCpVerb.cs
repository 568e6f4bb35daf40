using System.CommandLine;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Cli.Machines;

namespace EdgeOperator.Cli.Verbs.Machines;

/// <summary>As <c>docker cp</c> and <c>multipass transfer</c>; the agent need not run.</summary>
internal sealed class VmCpVerb : Verb
{
    private readonly Option<bool> _recursive = new("--recursive", "-r") { Description = "Copy folders with all that is in them" };
    private readonly Option<string?> _user = new("--user", "-u") { Description = "Whose files they are in the guest (default: the machine's spec.user)", HelpName = "USER" };
    private readonly Argument<string> _source = new Argument<string>("SOURCE") { Description = "A path of the host, or NAME:PATH of a guest" }.Suggest(Suggestions.Paths);
    private readonly Argument<string> _target = new Argument<string>("TARGET") { Description = "The other side; a path that is not absolute begins at the user's home in a guest" }.Suggest(Suggestions.Paths);

    public VmCpVerb()
        : base("cp", "Copy files between host and guest: cp -r ./site edge:/srv")
    {
        Add(_recursive);
        Add(_user);
        Add(_source);
        Add(_target);
    }

    public override Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var copy = GuestCopy.Between(call.Get(_source)!, call.Get(_target)!) with { Recursive = call.Get(_recursive), User = call.Get(_user) };
        return Task.Run(() => copy.Run(AccessFile.Read(copy.Machine, call.ConfigFile)), cancellation);
    }
}
