using System.CommandLine;
using EdgeOperator.Agent.Kinds.SystemUpdate.Packages;

namespace EdgeOperator.Cli.Verbs.Updates;

/// <summary>What the agent starts to change packages: a process that does not end with it.</summary>
internal sealed class UpdateWorkVerb : Verb
{
    private readonly Argument<string> _folder = new("FOLDER");
    private readonly Option<string> _root = new("--root") { Required = true };
    private readonly Option<PackageTask> _task = new("--task") { Required = true };

    public UpdateWorkVerb()
        : base("work", "Do what the agent has planned for packages")
    {
        Hidden = true;
        Add(_folder);
        Add(_root);
        Add(_task);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        await PackageWork.RunAsync(call.Get(_folder)!, call.Get(_root)!, call.Get(_task), call.Terminal.Time, cancellation);
        return ExitCode.Done;
    }
}
