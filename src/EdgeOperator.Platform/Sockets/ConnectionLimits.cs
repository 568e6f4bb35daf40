using System.Globalization;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace EdgeOperator.Platform.Sockets;

/// <summary>
/// Bounds how many connections of strangers a listener keeps. Each takes an open file, and .NET ends a process that has none left, so
/// whoever may connect could end it.
/// </summary>
public static class ConnectionLimits
{
    private const int DefaultOpenFiles = 1024;

    /// <summary>RLIMIT_NOFILE of this process: how many files it may have open.</summary>
    public static int OpenFiles { get; } = ReadOpenFiles();

    /// <summary>Closes connections at once while <paramref name="most"/> others are open.</summary>
    public static void UseConnectionLimit(this ListenOptions listen, int most)
    {
        var open = 0;
        listen.Use(next => async connection =>
        {
            try
            {
                if (Interlocked.Increment(ref open) <= most)
                    await next(connection);
                else
                    connection.Abort();
            }
            finally
            {
                Interlocked.Decrement(ref open);
            }
        });
    }

    /// <summary>So many connections that they take no more than half of the files that the process may have open.</summary>
    /// <param name="most">The result is never more.</param>
    /// <param name="filesEach">Files that a connection takes.</param>
    public static int WithinOpenFiles(int most, int filesEach) => Math.Clamp(OpenFiles / 2 / filesEach, 1, most);

    private static int ReadOpenFiles()
    {
        if (!OperatingSystem.IsLinux())
            return int.MaxValue;

        // Max open files            1024                 524288               files
        const string Name = "Max open files";
        var limit = File.ReadLines("/proc/self/limits").FirstOrDefault(l => l.StartsWith(Name, StringComparison.Ordinal))?[Name.Length..].TrimStart().Split(' ')[0];
        return limit == "unlimited" ? int.MaxValue
            : long.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var files) ? (int)Math.Min(files, int.MaxValue)
            : DefaultOpenFiles;
    }
}
