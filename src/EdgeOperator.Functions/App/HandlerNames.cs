using System.Collections.Frozen;

namespace EdgeOperator.Functions.App;

/// <summary>The variables that each worker process of a custom handler has for itself; the names are the cloud's, but for the socket's.</summary>
internal static class HandlerNames
{
    public const string Port = "FUNCTIONS_CUSTOMHANDLER_PORT";
    public const string WorkerId = "FUNCTIONS_CUSTOMHANDLER_WORKER_ID";
    public const string OldPort = "FUNCTIONS_HTTPWORKER_PORT";
    public const string OldWorkerId = "FUNCTIONS_HTTPWORKER_ID";
    public const string Root = "FUNCTIONS_APP_ROOT_PATH";
    public const string Socket = "EDGEOP_CUSTOMHANDLER_SOCKET";

    /// <summary>Known only when a worker is started.</summary>
    public static readonly FrozenSet<string> All = FrozenSet.ToFrozenSet([Port, WorkerId, OldPort, OldWorkerId, Root, Socket], StringComparer.OrdinalIgnoreCase);
}
