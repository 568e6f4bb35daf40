using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Core.Kinds.ConfigFile;

/// <summary>Write the resource's desired file.</summary>
public sealed record WriteFile(ResourceId Resource, string Reason, string Path, string ContentHash) : Step(Resource, Reason)
{
    public override string Id => $"write {Path}";
}

/// <summary>Put back what was at the path before the agent first wrote it, or delete the file when nothing was.</summary>
public sealed record RestoreFile(ResourceId Resource, string Reason, string Path) : Step(Resource, Reason)
{
    public override string Id => $"restore {Path}";

    public override StepEffect Effect => StepEffect.Remove;
}

/// <summary>Run a file's <c>onChange</c> action.</summary>
public sealed record RunAction(ResourceId Resource, string Reason, string Path, FileAction Action) : Step(Resource, Reason)
{
    public override string Id => $"after {Path}: {Action}";

    public override bool IsRestart => Action is FileAction.RestartModule or FileAction.RestartUnit;
}
