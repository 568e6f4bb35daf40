using System.Buffers.Binary;
using System.Collections.Concurrent;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>A machine's two disks while it does not run. One appears as a whole or not at all.</summary>
internal sealed class MachineDisks(QemuImg tool)
{
    private static ReadOnlySpan<byte> Magic => [(byte)'Q', (byte)'F', (byte)'I', 0xfb];

    private readonly ConcurrentDictionary<string, (DateTime Changed, long Length, string? Problem)> _checked = new();
    private readonly ConcurrentDictionary<string, string> _lost = new();

    /// <summary>A disk of a machine that ended as it was asked to is taken for good: checking takes its time.</summary>
    public static MachineDiskState StateOf(string disk) => File.Exists(disk) ? MachineDiskState.Good : MachineDiskState.Missing;

    /// <summary>The size of a disk, also of one that a machine has open. Wire format: docs/interop/qcow2 in QEMU's sources.</summary>
    /// <returns>Bytes, as a guest sees it.</returns>
    /// <exception cref="IOException">It is no such disk.</exception>
    public static long SizeOf(string disk)
    {
        Span<byte> header = stackalloc byte[32];
        using var file = File.OpenHandle(disk, share: FileShare.ReadWrite);
        return RandomAccess.Read(file, header, 0) == header.Length && header[..4].SequenceEqual(Magic)
            ? BinaryPrimitives.ReadInt64BigEndian(header[24..])
            : throw new IOException($"{disk} is no qcow2 disk");
    }

    /// <summary>Looks into a disk, unless that was done since it changed.</summary>
    /// <returns>What is wrong with it, in words; null when nothing is or there is none.</returns>
    /// <exception cref="IOException">It can't be told.</exception>
    public async Task<string?> CheckAsync(string disk, CancellationToken cancellation)
    {
        var file = new FileInfo(disk);
        if (!file.Exists)
            return null;
        if (_checked.TryGetValue(disk, out var known) && known.Changed == file.LastWriteTimeUtc && known.Length == file.Length)
            return known.Problem;
        var problem = await tool.CheckAsync(disk, cancellation);
        _checked[disk] = (file.LastWriteTimeUtc, file.Length, problem);
        return problem;
    }

    /// <summary>What is left wrong with a disk that was to be repaired, in words; null when nothing is, or nobody has tried.</summary>
    public async Task<string?> LossAsync(string disk, CancellationToken cancellation) =>
        _lost.ContainsKey(disk) && await CheckAsync(disk, cancellation) is { } problem ? problem : null;

    /// <summary>Has the system disk lie over an image.</summary>
    /// <param name="fresh">Make it anew, whatever is there.</param>
    /// <exception cref="IOException">It can't be made.</exception>
    public async Task PrepareSystemAsync(MachineFolder folder, string image, bool fresh, CancellationToken cancellation)
    {
        if (!fresh && File.Exists(folder.SystemDisk) && await BackingAsync(folder.SystemDisk, cancellation) == image)
            return;
        await MakeAsync(folder.SystemDisk, path => tool.CreateOverlayAsync(path, image, cancellation));
    }

    /// <summary>Has the data disk be there and large enough. What is on it stays, come what may.</summary>
    /// <returns>What was done, when it is worth telling.</returns>
    /// <exception cref="DataDiskException">It is damaged, and can't be repaired.</exception>
    /// <exception cref="IOException">It can't be made or grown.</exception>
    public async Task<string?> PrepareDataAsync(MachineFolder folder, long size, bool suspect, CancellationToken cancellation)
    {
        if (!File.Exists(folder.DataDisk))
        {
            await MakeAsync(folder.DataDisk, path => tool.CreateAsync(path, size, cancellation));
            return null;
        }

        var repaired = suspect ? await RepairDataAsync(folder.DataDisk, cancellation) : null;
        if ((await tool.FactsAsync(folder.DataDisk, cancellation)).Size < size)
            await tool.GrowAsync(folder.DataDisk, size, cancellation);
        return repaired;
    }

    private async Task<string?> RepairDataAsync(string disk, CancellationToken cancellation)
    {
        if (await CheckAsync(disk, cancellation) is not { } problem)
            return null;
        await tool.RepairAsync(disk, cancellation);
        _checked.TryRemove(disk, out _);
        if (await CheckAsync(disk, cancellation) is { } left)
        {
            _lost[disk] = left;
            throw new DataDiskException($"the data disk {disk} is damaged and can't be repaired ({left}): put a backup in its place, or move it away to begin with an empty one");
        }

        _lost.TryRemove(disk, out _);
        return $"repaired the data disk ({problem})";
    }

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

    private static async Task MakeAsync(string disk, Func<string, Task> make)
    {
        var unfinished = disk + ".new";
        File.Delete(unfinished);
        await make(unfinished);
        File.Move(unfinished, disk, overwrite: true);
        if (OperatingSystem.IsLinux())
            Posix.SyncFolder(Path.GetDirectoryName(disk)!);
    }
}

/// <summary>What a guest keeps can't be read any more.</summary>
internal sealed class DataDiskException(string message) : Exception(message);
