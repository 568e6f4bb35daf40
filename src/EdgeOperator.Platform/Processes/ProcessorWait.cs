using System.Globalization;
using System.Runtime.Versioning;

namespace EdgeOperator.Platform.Processes;

/// <summary>How long a process could have run and had no processor. Format: <c>/proc/PID/schedstat</c>, Documentation/scheduler/sched-stats.rst in Linux's sources.</summary>
[SupportedOSPlatform("linux")]
public static class ProcessorWait
{
    /// <summary>Of the thread that has run the most: for a process whose threads work at the same time.</summary>
    /// <returns>Zero when the process is gone, or the kernel does not count.</returns>
    public static TimeSpan OfBusiestThread(int process) => Time(Threads(process).OrderByDescending(thread => thread.Run).FirstOrDefault().Waited);

    /// <summary>Of all threads together: for a process whose threads work one after the other.</summary>
    /// <inheritdoc cref="OfBusiestThread"/>
    public static TimeSpan OfAllThreads(int process) => Time(Threads(process).Sum(thread => thread.Waited));

    private static TimeSpan Time(long nanoseconds) => TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);

    private static List<(long Run, long Waited)> Threads(int process)
    {
        try
        {
            return [.. Directory.EnumerateDirectories($"/proc/{process}/task").Select(thread => Read(Path.Combine(thread, "schedstat")))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // Nanoseconds on a processor, nanoseconds waiting for one, and how often it got one.
    private static (long Run, long Waited) Read(string file)
    {
        try
        {
            return File.ReadAllText(file).Split(' ') is [var run, var waited, ..]
                ? (long.Parse(run, CultureInfo.InvariantCulture), long.Parse(waited, CultureInfo.InvariantCulture))
                : default;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            // The thread has ended.
            return default;
        }
    }
}
