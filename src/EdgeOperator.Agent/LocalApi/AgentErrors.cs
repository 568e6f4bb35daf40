using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.LocalApi;

/// <summary>No agent answers. <see cref="Exception.Message"/> says why.</summary>
public sealed class AgentUnreachableException(string socket, Exception cause)
    : Exception($"the agent does not answer on {socket}: {cause.Message}", cause)
{
    public string Socket { get; } = socket;
}

/// <summary>The agent answered that it will not or can't.</summary>
public sealed class AgentRefusedException(ProblemDocument problem) : Exception(problem.Detail)
{
    public ProblemDocument Problem { get; } = problem;
}
