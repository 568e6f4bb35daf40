using System.Runtime.Versioning;
using EdgeOperator.Core.Interop;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;

/// <summary>Where a program starts that a guest calls: in a shared folder, whatever links lie there, or at the root.</summary>
[SupportedOSPlatform("linux")]
internal static class HostFolder
{
    private const string Root = "/";

    /// <exception cref="UnauthorizedAccessException">A link leads out of the shared folder.</exception>
    public static string Choose(HostCall call, IEnumerable<SharedFolder> shares, PathMap paths)
    {
        var chosen = WorkingDirectory.OnHost(call.Directory, call.Started, paths);
        if (chosen == Root && paths.ToHost(call.Directory) != Root)
            return Root;
        var guest = paths.ToGuest(chosen);
        var share = guest is null ? null : paths.FolderOfGuest(guest);
        if (Resolve(chosen) is not { } real || share is null || Resolve(share.Host) is not { } top)
            return Root;
        return real == top || top == Root || real.StartsWith(top + "/", StringComparison.Ordinal)
            ? real
            : throw new UnauthorizedAccessException($"{call.Directory} leads out of the shared folder {share.Host}");
    }

    /// <summary>Where a folder really is; null when it is not there.</summary>
    private static string? Resolve(string path)
    {
        try
        {
            using var folder = Posix.OpenFolder(path, follow: true);
            return folder is null ? null : File.ResolveLinkTarget(Posix.PathOf(folder), returnFinalTarget: false)?.FullName;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
