using System.Globalization;
using EdgeOperator.Testing;

namespace EdgeOperator.Soak;

/// <summary>The agent's wall clock, moved by libfaketime; what measures durations (CLOCK_MONOTONIC) and the files' times stay the kernel's.</summary>
internal sealed class SteppedClock
{
    private static readonly TimeSpan[] Steps =
    [
        TimeSpan.FromMinutes(1), TimeSpan.FromHours(1), TimeSpan.FromDays(1), TimeSpan.FromDays(400), TimeSpan.FromDays(3650),
    ];

    private readonly TempFolder _folder;
    private readonly DateTime _startedAt = TimeProvider.System.GetUtcNow().UtcDateTime;

    /// <exception cref="InvalidOperationException">libfaketime is not installed.</exception>
    public SteppedClock(TempFolder folder)
    {
        _folder = folder;
        var library = Directory.EnumerateFiles("/usr/lib", "libfaketimeMT.so.1", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3 }).FirstOrDefault()
            ?? throw new InvalidOperationException("libfaketime is missing: install Debian's package faketime");
        Environment =
        [
            $"LD_PRELOAD={library}", $"FAKETIME_TIMESTAMP_FILE={File}", "FAKETIME_CACHE_DURATION=1",
            "FAKETIME_DONT_FAKE_MONOTONIC=1", "NO_FAKE_STAT=1",
        ];
        Set(TimeSpan.Zero);
    }

    /// <summary>What the agent is started with, as <c>NAME=value</c>.</summary>
    public string[] Environment { get; }

    private string File => _folder.File("clock");

    /// <returns>How far off the clock is now.</returns>
    public TimeSpan Step(Random random)
    {
        var offset = Steps[random.Next(Steps.Length)] * (random.Next(2) == 0 ? 1 : -1);
        Set(offset);
        return offset;
    }

    /// <summary>libfaketime leaves shared memory behind where a process was killed.</summary>
    public void RemoveSharedMemory()
    {
        foreach (var file in new DirectoryInfo("/dev/shm").EnumerateFiles("*faketime_*").Where(f => f.LastWriteTimeUtc >= _startedAt))
        {
            if (!Directory.Exists($"/proc/{file.Name[(file.Name.LastIndexOf('_') + 1)..]}"))
                file.Delete();
        }
    }

    private void Set(TimeSpan offset)
    {
        var next = _folder.Write("clock.next", string.Create(CultureInfo.InvariantCulture, $"{offset.TotalSeconds:+0;-0}\n"));
        System.IO.File.Move(next, File, overwrite: true);
    }
}
