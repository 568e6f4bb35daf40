using System.Text;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>Where machines lie: a folder each, and their images, all of it the agent's own.</summary>
/// <param name="root"><c>vms</c> in the state directory.</param>
internal sealed class MachineFolders(string root)
{
    private const string ImageFolder = "images";

    public string Root => root;

    public string Images => Path.Combine(root, ImageFolder);

    public IEnumerable<MachineFolder> All => Directory.Exists(root)
        ? Directory.EnumerateDirectories(root).Where(f => Path.GetFileName(f) is var name && !IsReserved(name) && !name.StartsWith('.')).Select(f => new MachineFolder(f))
        : [];

    public static MachineFolders In(string stateDirectory) => new(Path.Combine(Path.GetFullPath(stateDirectory), StandardPaths.Machines));

    /// <summary>Whether the name is a folder's in which no machine lies.</summary>
    public static bool IsReserved(string name) => name == ImageFolder;

    public MachineFolder this[string machine] => new(Path.Combine(root, machine));

    /// <exception cref="IOException">It can't be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public MachineFolder Create(string machine)
    {
        var folder = this[machine];
        PrivateFolder.Create(root);
        PrivateFolder.Create(folder.Path);
        return folder;
    }
}

/// <summary>One machine's folder, in which nothing is for others to see.</summary>
internal sealed record MachineFolder(string Path)
{
    /// <summary>Path names of Unix sockets have at most 107 bytes on Linux.</summary>
    private const int LongestSocket = 107;

    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>See <see cref="MachineState"/>.</summary>
    public string Record => In("machine.json");

    /// <summary>The overlay over the image.</summary>
    public string SystemDisk => In("system.qcow2");

    /// <summary>The overlay over another image than the machine is made from now, for going back to it: there until that image is removed.</summary>
    public string SlotOf(string image) => In($"system.{System.IO.Path.GetFileNameWithoutExtension(image)[..16]}.qcow2");

    /// <summary>The guest's own: never removed.</summary>
    public string DataDisk => In("data.qcow2");

    public string Seed => In("seed.tar");

    /// <summary>What cloud-init finds as a disk; not written while the machine runs, for QEMU reads it as its guest does.</summary>
    public string CloudSeed => In("cidata");

    /// <summary>What UEFI remembers, such as what to start from; made anew when it is missing.</summary>
    public string FirmwareVariables => In("firmware.fd");

    /// <summary>The agent's monitor. QEMU serves one client of each at a time.</summary>
    public string Qmp => In("qmp.sock");

    /// <summary>The read-only monitor, for observers beside the agent; machines that an older agent has started have none.</summary>
    public string ReadOnlyQmp => In("look.sock");

    public string Console => In(MachineAccess.ConsoleLogName);

    /// <summary>Whoever attaches to the serial console; machines that an older agent has started have none.</summary>
    public string ConsoleSocket => In(MachineAccess.ConsoleSocketName);

    /// <summary>The security module's process; its <see cref="TpmState"/> is as much the guest's own as the data disk.</summary>
    public string Tpm => In("tpm");

    public string TpmState => System.IO.Path.Combine(Tpm, "state");

    public string TpmSocket => System.IO.Path.Combine(Tpm, "tpm.sock");

    /// <summary>The folder of the process that serves a shared folder by virtiofs.</summary>
    public string ShareServer(string tag) => In(tag);

    /// <summary>All of them that there are.</summary>
    public IReadOnlyList<string> ShareServers => Directory.Exists(Path) ? Directory.GetDirectories(Path, $"{MachineShare.TagPrefix}*") : [];

    /// <summary>No longer a path than <see cref="TpmSocket"/>, for up to 1000 shared folders.</summary>
    public string ShareSocket(string tag) => System.IO.Path.Combine(ShareServer(tag), "fs");

    public bool HasTooLongSockets => Encoding.UTF8.GetByteCount(TpmSocket) > LongestSocket;

    /// <summary>What outlives the machine: its guest finds it again.</summary>
    public bool IsGuests(string path) => path == DataDisk || path == Tpm;

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
