using System.Runtime.Versioning;
using EdgeOperator.Platform.Files;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.FunctionApp;

/// <summary>The folder that belongs to an app's user alone: its request, queues, keys and logs.</summary>
[SupportedOSPlatform("linux")]
internal static class AppHome
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes the folder, and hands it and what is in it over to another user.</summary>
    /// <remarks>
    /// Only what belonged to the user before is handed over: whoever could put a hard link to somebody else's file in here must
    /// not be given that file.
    /// </remarks>
    /// <exception cref="IOException">It can't be done.</exception>
    public static void Prepare(AppFolder app, ProcessUser? user)
    {
        if (!Directory.Exists(app.Home))
            Directory.CreateDirectory(app.Home, Private);
        if (user is null && !Environment.IsPrivilegedProcess)
            return;
        var owner = new FileOwner(user?.User ?? 0, user?.Group ?? 0);
        if (Posix.Status(app.Home) is { } status && (status.User != owner.User || status.Group != owner.Group))
            HandOver(app.Home, status.User, owner);
    }

    private static void HandOver(string path, uint from, FileOwner to)
    {
        if (Posix.Status(path) is not { } status || status.User != from)
            return;
        if (new DirectoryInfo(path) is { Exists: true, LinkTarget: null } folder)
        {
            foreach (var item in folder.EnumerateFileSystemInfos())
                HandOver(item.FullName, from, to);
        }

        Posix.ChangeOwner(path, to);
    }
}
