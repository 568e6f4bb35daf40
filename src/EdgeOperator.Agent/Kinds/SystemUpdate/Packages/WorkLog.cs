namespace EdgeOperator.Agent.Kinds.SystemUpdate.Packages;

/// <summary>What apt and dpkg print, the newest last. It is kept small.</summary>
internal sealed class WorkLog(string folder)
{
    public const string Name = "apt.log";

    private const long Largest = 4 * 1024 * 1024;

    public string Path { get; } = System.IO.Path.Combine(folder, Name);

    /// <summary>Begins anew what has grown too large; the one before is kept.</summary>
    public void Rotate()
    {
        if (File.Exists(Path) && new FileInfo(Path).Length > Largest)
            File.Move(Path, Path + ".1", overwrite: true);
    }
}
