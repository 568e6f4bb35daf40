using System.Buffers.Binary;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>One machine's two disks while it does not run. A disk is created as a whole or not at all.</summary>
internal sealed class MachineDisks(MachineFolder folder, QemuImg tool)
{
    private static ReadOnlySpan<byte> Magic => [(byte)'Q', (byte)'F', (byte)'I', 0xfb];

    private readonly DiskCheck _system = new(folder.SystemDisk, tool);
    private readonly DiskCheck _data = new(folder.DataDisk, tool);
    private volatile bool _isDataBeyondRepair;

    /// <summary>Whether the system disk is there. One of a machine that was stopped on request counts as good: a check takes its time.</summary>
    public MachineDiskState System => StateOf(folder.SystemDisk);

    /// <inheritdoc cref="System"/>
    public MachineDiskState Data => StateOf(folder.DataDisk);

    /// <summary>The size of a disk, also of one that a machine has open. Wire format: docs/interop/qcow2 in QEMU's sources.</summary>
    /// <returns>Bytes, as a guest sees it.</returns>
    /// <exception cref="IOException">It is not a qcow2 disk.</exception>
    public static long SizeOf(string disk)
    {
        Span<byte> header = stackalloc byte[32];
        using var file = File.OpenHandle(disk, share: FileShare.ReadWrite);
        return RandomAccess.Read(file, header, 0) == header.Length && header[..4].SequenceEqual(Magic)
            ? BinaryPrimitives.ReadInt64BigEndian(header[24..])
            : throw new IOException($"{disk} is not a qcow2 disk");
    }

    /// <returns>What is wrong with the system disk; null when nothing is or there is none.</returns>
    /// <exception cref="IOException">It can't be checked.</exception>
    public Task<string?> CheckSystemAsync(CancellationToken cancellation) => _system.RunAsync(cancellation);

    /// <returns>What is still wrong with the data disk after a repair; null when nothing is, or none was attempted.</returns>
    /// <exception cref="IOException">It can't be checked.</exception>
    public async Task<string?> CheckRepairedDataAsync(CancellationToken cancellation) => _isDataBeyondRepair ? await _data.RunAsync(cancellation) : null;

    /// <summary>
    /// Creates the system disk over an image, unless it is there. The one over another image is put aside, and comes back as it was with its image. Cut short
    /// anywhere, each of them is there or was never begun.
    /// </summary>
    /// <param name="image">Named by its hash.</param>
    /// <param name="fresh">Create it again where it is over this image.</param>
    /// <exception cref="IOException">It can't be created.</exception>
    public async Task PrepareSystemAsync(string image, bool fresh, CancellationToken cancellation)
    {
        var backing = File.Exists(folder.SystemDisk) ? await BackingAsync(folder.SystemDisk, cancellation) : null;
        if (!fresh && backing == image)
            return;
        if (backing != image)
        {
            if (backing is not null && Path.GetDirectoryName(backing) == Path.GetDirectoryName(image))
                Rename(folder.SystemDisk, folder.SlotOf(backing));
            var slot = folder.SlotOf(image);
            if (File.Exists(slot) && await BackingAsync(slot, cancellation) == image)
            {
                Rename(slot, folder.SystemDisk);
                return;
            }
        }

        await CreateAsync(folder.SystemDisk, path => tool.CreateOverlayAsync(path, image, cancellation));
    }

    /// <summary>Creates the data disk, or repairs and grows the one that is there: what is on it always stays.</summary>
    /// <param name="suspect">Check it: the machine did not end in order.</param>
    /// <returns>What was repaired; null when nothing was.</returns>
    /// <exception cref="DataDiskException">It is damaged, and can't be repaired.</exception>
    /// <exception cref="IOException">It can't be created or grown.</exception>
    public async Task<string?> PrepareDataAsync(long size, bool suspect, CancellationToken cancellation)
    {
        if (!File.Exists(folder.DataDisk))
        {
            await CreateAsync(folder.DataDisk, path => tool.CreateAsync(path, size, cancellation));
            return null;
        }

        var repaired = suspect ? await RepairDataAsync(cancellation) : null;
        if ((await tool.FactsAsync(folder.DataDisk, cancellation)).Size < size)
            await tool.GrowAsync(folder.DataDisk, size, cancellation);
        return repaired;
    }

    private async Task<string?> RepairDataAsync(CancellationToken cancellation)
    {
        if (await _data.RunAsync(cancellation) is not { } problem)
            return null;
        await tool.RepairAsync(folder.DataDisk, cancellation);
        _data.Forget();
        if (await _data.RunAsync(cancellation) is { } left)
        {
            _isDataBeyondRepair = true;
            throw new DataDiskException($"the data disk {folder.DataDisk} is damaged and can't be repaired ({left}): put a backup in its place, or move it away to begin with an empty one");
        }

        _isDataBeyondRepair = false;
        return $"repaired the data disk ({problem})";
    }

    private static MachineDiskState StateOf(string disk) => File.Exists(disk) ? MachineDiskState.Good : MachineDiskState.Missing;

    private async Task<string?> BackingAsync(string disk, CancellationToken cancellation)
    {
        try
        {
            return (await tool.FactsAsync(disk, cancellation)).Backing;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static async Task CreateAsync(string disk, Func<string, Task> create)
    {
        var unfinished = disk + ".new";
        File.Delete(unfinished);
        await create(unfinished);
        Rename(unfinished, disk);
    }

    private static void Rename(string disk, string to)
    {
        File.Move(disk, to, overwrite: true);
        AtomicFile.SyncFolder(Path.GetDirectoryName(to)!);
    }
}

/// <summary>A data disk is damaged beyond repair.</summary>
internal sealed class DataDiskException(string message) : Exception(message);
