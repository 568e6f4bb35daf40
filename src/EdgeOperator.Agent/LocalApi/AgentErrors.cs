using System.Net.Sockets;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.LocalApi;

/// <summary>No agent answers. <see cref="Exception.Message"/> says why.</summary>
public sealed class AgentUnreachableException(string socket, Exception cause)
    : Exception($"the agent does not answer on {socket}: {Words(cause)}", cause)
{
    public string Socket { get; } = socket;

    /// <remarks>What the system calls these says more about addresses than about agents.</remarks>
    private static string Words(Exception cause) => (cause as SocketException)?.SocketErrorCode switch
    {
        SocketError.AddressNotAvailable => "there is no such socket",
        SocketError.ConnectionRefused => "nobody listens there",
        SocketError.AccessDenied => "permission denied",
        _ => cause.Message,
    };
}

/// <summary>The agent answered that it will not or can't.</summary>
public sealed class AgentRefusedException(ProblemDocument problem) : Exception(problem.Detail)
{
    public ProblemDocument Problem { get; } = problem;
}
