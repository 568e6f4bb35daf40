using EdgeOperator.Agent.Kinds.VirtualMachine.Windows;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Wsl;

/// <summary>Where the agent keeps its distributions' disks and what it knows of them.</summary>
/// <param name="root">The folder of all machines; a name that begins with a dot is no machine's.</param>
internal sealed class WslFolders(string root)
{
    private const string ImageExtension = ".wsl";

    private readonly string _folder = Path.Combine(root, ".wsl");

    /// <summary>The folder of all machines.</summary>
    public string Root => root;

    private string Images => Path.Combine(root, "images");

    /// <summary>Machines with a note.</summary>
    public IEnumerable<string> Machines => Directory.Exists(_folder)
        ? Directory.EnumerateDirectories(_folder).Select(folder => Path.GetFileName(folder)!).Where(machine => Note(machine) is not null)
        : [];

    /// <summary>Hashes of the verified images.</summary>
    public IEnumerable<string> ImageHashes => Directory.Exists(Images)
        ? Directory.EnumerateFiles(Images, "*" + ImageExtension).Select(file => Path.GetFileNameWithoutExtension(file)!)
        : [];

    public string this[string machine] => Path.Combine(_folder, machine);

    /// <summary>Where a distribution's disk lies: WSL's own folder, which it empties when it forgets the distribution.</summary>
    public string DiskFolder(string machine) => Path.Combine(this[machine], "disk");

    /// <summary>The disk of a removed machine, for one of the same name.</summary>
    public string KeptDisk(string machine) => Path.Combine(this[machine], "kept.vhdx");

    public string Image(string sha256) => Path.Combine(Images, sha256 + ImageExtension);

    public string UnfinishedImage(string sha256) => Path.Combine(Images, sha256 + ImageExtension + ".part");

    public ManagedMachineState? Note(string machine) => ManagedMachineState.Read(this[machine]);

    /// <summary>Entries of <c>.wslconfig</c> that are the agent's, so that it takes back those and no others.</summary>
    public string[] Entries
    {
        get => File.Exists(EntriesFile) ? File.ReadAllLines(EntriesFile) : [];
        set => AtomicFile.Write(EntriesFile, System.Text.Encoding.UTF8.GetBytes(string.Concat(value.Select(entry => entry + "\n"))));
    }

    private string EntriesFile => Path.Combine(_folder, "entries");

    /// <exception cref="IOException">They can't be made.</exception>
    public void Create(string machine)
    {
        foreach (var folder in new[] { root, Images, _folder, this[machine] })
            PrivateFolder.Create(folder);
    }

    /// <summary>Whether an image is a VHDX, not a tar: by its first bytes ([MS-VHDX] 2.2.1, File Type Identifier).</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public bool IsDisk(string sha256)
    {
        Span<byte> start = stackalloc byte[8];
        using var file = File.OpenRead(Image(sha256));
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual("vhdxfile"u8);
    }
}
