using System.Globalization;

namespace EdgeOperator.Git;

/// <summary>
/// Ends a fetch that takes more of the device than it may: more disk than the mirror's budget, or ever more processes, as a
/// git does that looks for an object it lacks by fetching it, for which it needs that object.
/// </summary>
/// <param name="folder">The mirror.</param>
/// <param name="maxSize">Bytes that the mirror may take.</param>
internal sealed class FetchGuard(string folder, long maxSize, TimeProvider time)
{
    /// <summary>Far more than any fetch of git's starts at once, over any transport.</summary>
    private const int MaxProcesses = 32;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    /// <exception cref="FetchException">The fetch takes too much.</exception>
    public async Task WatchAsync(int group, CancellationToken cancellation)
    {
        while (true)
        {
            await Task.Delay(Period, time, cancellation);
            CheckSize();
            if (group != 0 && ProcessesIn(group) > MaxProcesses)
                throw new FetchException(FetchReasons.Corrupt, $"git started more than {MaxProcesses} processes for one fetch");
        }
    }

    /// <exception cref="FetchException">The mirror is larger than it may be.</exception>
    public void CheckSize()
    {
        if (Size > maxSize)
            throw new MirrorBudgetException($"the local mirror of the repository needs more than {maxSize} bytes (maxRepositorySize)");
    }

    /// <summary>Bytes in the mirror's files.</summary>
    public long Size => Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFiles("*", All).Sum(Length) : 0;

    private static EnumerationOptions All => new() { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };

    private static long Length(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (IOException)
        {
            // Git renamed or deleted it meanwhile.
            return 0;
        }
    }

    // proc(5): the group is the third field after the name, which may itself have spaces and parentheses.
    private static int ProcessesIn(int group)
    {
        var wanted = group.ToString(CultureInfo.InvariantCulture);
        var count = 0;
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            try
            {
                if (char.IsAsciiDigit(process["/proc/".Length]) && File.ReadAllText(process + "/stat") is var stat
                    && stat[(stat.LastIndexOf(')') + 1)..].Split(' ', 5) is [_, _, _, var its, ..] && its == wanted)
                    count++;
            }
            catch (IOException)
            {
                // It has ended.
            }
            catch (UnauthorizedAccessException)
            {
                // It is another user's, and hidden.
            }
        }

        return count;
    }
}
