using System.Runtime.Versioning;
using EdgeOperator.Platform.Files;
using EdgeOperator.Platform.Processes;
using Microsoft.Win32.SafeHandles;

namespace EdgeOperator.Agent.Kinds.FunctionApp;

/// <summary>The folder that belongs to an app's user alone: its request, queues, keys and logs.</summary>
[SupportedOSPlatform("linux")]
internal static class AppHome
{
    /// <summary>Folders in folders. What is open at once, and the stack, are bounded by it.</summary>
    private const int MaxDepth = 200;

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

    // By descriptors all the way: the folder is its user's, who may put a link in the place of any path at any moment.
    private static void HandOver(string path, uint from, FileOwner to)
    {
        using var root = Posix.OpenPath(path);
        if (root is not null)
            HandOver(root, from, to, path, depth: 0);
    }

    private static void HandOver(SafeFileHandle item, uint from, FileOwner to, string path, int depth)
    {
        var status = Posix.Status(item);
        if (status.User != from)
            return;
        if (status.IsFolder)
        {
            if (depth == MaxDepth)
                throw new IOException($"{path} lies more than {MaxDepth} folders deep");
            var folder = Posix.PathOf(item);
            foreach (var name in Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName))
            {
                using var inner = Posix.OpenPath(Path.Combine(folder, name!));
                if (inner is not null)
                    HandOver(inner, from, to, Path.Combine(path, name!), depth + 1);
            }
        }

        Posix.ChangeOwner(item, to, path);
    }
}
