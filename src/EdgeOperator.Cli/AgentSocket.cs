using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Cli;

/// <summary>Where the agent listens.</summary>
internal static class AgentSocket
{
    public static string Find(string? option) => option ?? new ApiConfiguration().Socket;
}
