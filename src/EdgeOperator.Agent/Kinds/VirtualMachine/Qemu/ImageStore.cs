using System.Collections.Concurrent;
using EdgeOperator.Agent.Transfers;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>The verified images, which all machines share and none writes to. One lies there complete or not at all.</summary>
internal sealed class ImageStore(MachineFolders folders, QemuImg tool, TimeProvider time) : IDisposable
{
    private const string Extension = ".qcow2";
    private const string Unfinished = ".part";

    /// <summary>How long the beginning of an image is kept that nobody goes on fetching.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromDays(1);

    private readonly FileDownload _download = new();
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _gates = new();

    /// <summary>Their hashes.</summary>
    public IEnumerable<string> All => Files(Extension).Select(f => Path.GetFileNameWithoutExtension(f.Name));

    public string PathOf(string sha256) => Path.Combine(folders.Images, sha256 + Extension);

    public bool Has(string sha256) => File.Exists(PathOf(sha256));

    /// <summary>Machines that want the same image wait for the same transfer.</summary>
    /// <exception cref="TransferException">It can't be had, or can't be used.</exception>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public async Task FetchAsync(MachineImage image, Action<TransferProgress> progress, CancellationToken cancellation)
    {
        var gate = _gates.GetOrAdd(image.Sha256, _ => new(1, 1));
        await gate.WaitAsync(cancellation);
        try
        {
            if (!Has(image.Sha256))
                await PutAsync(image, progress, cancellation);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Remove(string sha256) => File.Delete(PathOf(sha256));

    public void Dispose() => _download.Dispose();

    private async Task PutAsync(MachineImage image, Action<TransferProgress> progress, CancellationToken cancellation)
    {
        PrivateFolder.Create(folders.Root);
        PrivateFolder.Create(folders.Images);
        Sweep();
        var file = Path.Combine(folders.Images, image.Sha256 + Unfinished);
        try
        {
            await _download.FetchAsync(new(image.Location, image.Sha256, "image"), file, progress, cancellation);
        }
        catch (IOException)
        {
            // A disk that is full needs the room.
            File.Delete(file);
            throw;
        }

        await InspectAsync(image, file, cancellation);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead);
        File.Move(file, PathOf(image.Sha256));
        if (OperatingSystem.IsLinux())
            Posix.SyncFolder(folders.Images);
    }

    // An image that lies over another file would let the guest read that file of the host.
    private async Task InspectAsync(MachineImage image, string file, CancellationToken cancellation)
    {
        DiskFacts facts;
        try
        {
            facts = await tool.FactsAsync(file, cancellation);
        }
        catch (IOException e)
        {
            File.Delete(file);
            throw new TransferException("ImageUnusable", $"{image.Location} is no qcow2 image that can be used ({e.Message}): convert it by qemu-img convert -O qcow2, and give the new file's sha256", e);
        }

        if (facts.Backing is null && !facts.HasDataFile)
            return;
        File.Delete(file);
        throw new TransferException("ImageUnusable", $"{image.Location} lies over another file{(facts.Backing is { } backing ? $" ({backing})" : "")}: make one of both by qemu-img convert -O qcow2, and give the new file's sha256");
    }

    private void Sweep()
    {
        foreach (var file in Files(Unfinished).Where(f => time.GetUtcNow() - f.LastWriteTimeUtc > Forgotten))
            file.Delete();
    }

    private IEnumerable<FileInfo> Files(string extension) =>
        Directory.Exists(folders.Images) ? new DirectoryInfo(folders.Images).EnumerateFiles("*" + extension) : [];
}
