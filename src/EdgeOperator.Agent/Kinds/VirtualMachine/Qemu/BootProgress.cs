namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>
/// By what a guest that does not answer yet shows that it gets on: it prints to its console, or reads and writes its disks, as one that
/// checks a large file system for minutes does. One measure for every boot, the first and those that the guest begins itself.
/// </summary>
internal sealed class BootProgress(MachineFolder folder, TimeProvider time)
{
    private readonly Lock _lock = new();
    private long _operations = -1;
    private long? _at;

    /// <summary>How long nothing of it was seen; null when nothing ever was.</summary>
    /// <param name="operations">Of the disks since the machine was started.</param>
    public TimeSpan? Silence(long? operations)
    {
        lock (_lock)
        {
            if (operations is { } now && now != _operations)
                (_operations, _at) = (now, time.GetTimestamp());
            var disks = _at is { } at ? time.GetElapsedTime(at) : (TimeSpan?)null;
            var console = new FileInfo(folder.Console) is { Exists: true } file ? time.GetUtcNow() - file.LastWriteTimeUtc : (TimeSpan?)null;
            return disks is null || console < disks ? console : disks;
        }
    }
}
