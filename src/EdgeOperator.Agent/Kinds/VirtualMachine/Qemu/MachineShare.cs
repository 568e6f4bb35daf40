using System.Collections.Immutable;
using System.Globalization;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>
/// How a machine offers a shared folder to its guest, which takes virtiofs if it has that, and 9p otherwise: what a guest can do is known only
/// once it runs.
/// </summary>
/// <param name="Tag">What the guest mounts.</param>
internal sealed record MachineShare(string Tag, SharedFolder Folder, bool HasVirtiofs, bool HasPlan9)
{
    public const string TagPrefix = "share";

    /// <param name="virtiofsd">Null when the host has none.</param>
    public static ImmutableArray<MachineShare> Of(IEnumerable<SharedFolder> folders, Virtiofsd? virtiofsd) =>
        [.. folders.Select((folder, i) => new MachineShare(TagOf(i), folder, folder.Transport != ShareTransport.Plan9 && virtiofsd?.CanServe(folder) == true, folder.Transport != ShareTransport.Virtiofs))];

    private static string TagOf(int index) => string.Create(CultureInfo.InvariantCulture, $"{TagPrefix}{index}");
}
