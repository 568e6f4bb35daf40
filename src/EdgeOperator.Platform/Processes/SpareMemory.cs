using System.Runtime;
using System.Runtime.InteropServices;

namespace EdgeOperator.Platform.Processes;

/// <summary>Memory that the process has of the system, and has no use for any more.</summary>
public static partial class SpareMemory
{
    private static readonly TimeSpan AfterStart = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromHours(1);

    /// <summary>
    /// Gives back to the system what starting has left, soon and again after twice as long, for the just-in-time compiler comes back to what
    /// is used much; later every hour what other work has left. Runs until cancelled.
    /// </summary>
    public static async Task KeepReleasingAsync(TimeProvider time, CancellationToken cancellation)
    {
        for (var interval = AfterStart; ; interval = interval < LongestInterval ? interval * 2 : LongestInterval)
        {
            await Task.Delay(interval, time, cancellation);
            Release();
        }
    }

    /// <summary>
    /// Gives it back to the system now: the collector's garbage, and the C library's free pages, of which each thread has some,
    /// mostly from the just-in-time compiler. All threads stop for some milliseconds.
    /// </summary>
    public static void Release()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = Trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library than glibc, which has no such function.
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint keep);
}
