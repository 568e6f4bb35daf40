using System.Runtime.Versioning;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Machines;

/// <summary>
/// A connection to a guest that is there already: the agent's for root; for others, and when that one is lost, one that ssh has made
/// and keeps for a while.
/// </summary>
[SupportedOSPlatform("linux")]
internal static class KeptConnection
{
    private const string Root = "root";

    /// <summary>Null when there is none now; on Windows there never is.</summary>
    public static ControlConnection? TryOpen(MachineAccess access, string user) => access.IsOnWindows ? null :
        (user == Root ? ControlConnection.Open(access.ControlSocket) : null) ?? ControlConnection.Open(SocketOf(access, user));

    /// <summary>The control socket of the connection that ssh keeps for a while.</summary>
    public static string SocketOf(MachineAccess access, string user) => $"{access.ControlSocket}+{user}";
}
