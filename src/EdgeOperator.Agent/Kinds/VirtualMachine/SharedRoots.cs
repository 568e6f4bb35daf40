using EdgeOperator.Agent.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Agent.Kinds.VirtualMachine;

/// <summary>Which folders of the host guests may see: those below the configured roots, as written and as they really are.</summary>
internal sealed class SharedRoots(MachinesConfiguration configuration, string stateDirectory)
{
    /// <summary>Why the first folder that may not be shared may not; null when all may.</summary>
    public string? Refusal(IEnumerable<SharedFolder> folders) =>
        folders.Select(folder => Refusal(folder.Host) is { } why ? $"the folder {folder.Host} can't be shared: {why}" : null).FirstOrDefault(why => why is not null);

    private string? Refusal(string host)
    {
        try
        {
            var folder = AllowedPaths.Plain(host);
            if (!configuration.SharedRoots.Any(root => AllowedPaths.IsAtOrBelow(folder, AllowedPaths.Plain(root))))
                return Outside(folder);
            var real = AllowedPaths.RealPath(folder);
            if (!configuration.SharedRoots.Any(root => AllowedPaths.IsAtOrBelow(real, AllowedPaths.RealPath(AllowedPaths.Plain(root)))))
                return $"it is really {Outside(real)}";

            // Keys and secrets are there, and the guest's own disks.
            string[] own = [stateDirectory, configuration.FolderIn(stateDirectory)];
            return own.Select(path => AllowedPaths.RealPath(AllowedPaths.Plain(path))).FirstOrDefault(path => AllowedPaths.IsAtOrBelow(real, path) || AllowedPaths.IsAtOrBelow(path, real)) is { } mine
                ? $"the guest would see the agent's own folder {mine}"
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private string Outside(string path) =>
        $"{path}, which is not below a shared root ({string.Join(", ", configuration.SharedRoots)}); see virtualMachines.sharedRoots in the agent's configuration";
}
