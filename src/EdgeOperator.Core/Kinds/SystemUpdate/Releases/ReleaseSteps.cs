using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Core.Kinds.SystemUpdate.Releases;

/// <summary>Fetch and verify a version's archive, unpack it beside the running version, and have it test itself.</summary>
public sealed record StageAgent(ResourceId Resource, string Reason, AgentRelease Release) : Fetch(Resource, Reason, Optional: false)
{
    public override string Id => $"stage agent {Release.Version}";
}

/// <summary>Copy the agent's history, so that the version that runs now can go on with it should the next one be taken back.</summary>
public sealed record BackUpAgent(ResourceId Resource, string Reason, string Version) : Step(Resource, Reason)
{
    public override string Id => $"back up agent {Version}";
}

/// <summary>Have the staged version started in the place of the running one, on trial. It ends this agent.</summary>
public sealed record SwitchAgent(ResourceId Resource, string Reason, string Version) : Step(Resource, Reason)
{
    public override string Id => $"switch agent to {Version}";

    public override bool IsRestart => true;
}

/// <summary>End the running version's trial: it stays.</summary>
public sealed record ConfirmAgent(ResourceId Resource, string Reason, string Version) : Step(Resource, Reason)
{
    public override string Id => $"confirm agent {Version}";
}

/// <summary>Delete a version that nothing needs any more.</summary>
public sealed record RemoveAgent(ResourceId Resource, string Reason, string Version) : Step(Resource, Reason)
{
    public override string Id => $"remove agent {Version}";

    public override StepEffect Effect => StepEffect.Remove;

    public override bool ConcernsResource => false;
}
