using EdgeOperator.Core.Kinds.SystemUpdate;
using EdgeOperator.Core.Kinds.SystemUpdate.Reboots;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.SystemUpdate.Reboots;

/// <summary>The reboot under way, or the last one, on the disk: by it the agent knows after a boot what that one was for, and how many there were.</summary>
/// <param name="boot">The kernel's id of this boot; null where there is none, so that no boot can be told from another.</param>
internal sealed class RebootFile(string folder, string? boot)
{
    private readonly string _path = Path.Combine(folder, "reboot.json");

    public string? Boot => boot;

    // Of a boot that could not be written down.
    private volatile DeviceReboot? _unwritten;

    /// <summary>Null when there was none, or nothing of it can be read any more.</summary>
    public DeviceReboot? Read() => _unwritten ?? StateFile.ReadEither(_path, TransactionJson.Default.DeviceReboot, out _);

    /// <summary>Returns when it is on the disk.</summary>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public void Write(DeviceReboot reboot)
    {
        PrivateFolder.Create(folder);
        StateFile.WriteTwice(_path, reboot, TransactionJson.Default.DeviceReboot);
        _unwritten = null;
    }

    /// <summary>
    /// Counts this boot, if it is one that was not seen yet and a reboot is under way: it may be the one that was asked for, or another one that came
    /// before the device was known to be well. A full disk keeps no agent from running.
    /// </summary>
    /// <param name="uptime">How long the kernel has run, in milliseconds.</param>
    public void CountBoot(long uptime)
    {
        if (boot is null || Read() is not { IsOver: false } reboot || reboot.Boot == boot)
            return;
        var counted = reboot with { Phase = RebootPhase.Checking, Boots = reboot.Boots + 1, Boot = boot, BootSeenAt = uptime, HasPassedChecks = false };
        try
        {
            Write(counted);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _unwritten = counted;
        }
    }
}
