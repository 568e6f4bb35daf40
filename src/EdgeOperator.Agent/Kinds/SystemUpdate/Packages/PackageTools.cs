using System.Collections.Immutable;
using System.ComponentModel;
using System.Text;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.SystemUpdate.Packages;

/// <param name="Output">What it printed, of both kinds where that went into a file.</param>
internal readonly record struct ToolResult(int ExitCode, string Output, string Errors)
{
    public bool IsSuccess => ExitCode == 0;
}

/// <summary>apt and dpkg of a system, with nothing that could ask a person.</summary>
/// <param name="root">The system's root folder; another one than <c>/</c> is entered by <c>chroot</c>.</param>
internal sealed class PackageTools(string root, TimeProvider time)
{
    private const int LongestOutput = 16 * 1024 * 1024;
    private const int LongestTail = 256 * 1024;

    // What dpkg needs at least to write down what it has done.
    private const long LeastSpace = 1 << 20;

    // Exit code of a shell for a program that is not there.
    private const int NotFound = 127;

    private static readonly KeyValuePair<string, string>[] Environment =
    [
        new("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
        new("HOME", "/root"),
        new("LC_ALL", "C"),
        new("DEBIAN_FRONTEND", "noninteractive"),
        new("DEBIAN_PRIORITY", "critical"),
        new("APT_LISTCHANGES_FRONTEND", "none"),
        new("UCF_FORCE_CONFFOLD", "1"),

        // It would restart services by itself.
        new("NEEDRESTART_SUSPEND", "1"),
    ];

    /// <summary>
    /// Local configuration files are kept, and the new ones laid beside them: nobody is there to be asked. What was fetched is kept, to go back by.
    /// </summary>
    public static readonly ImmutableArray<string> Options =
    [
        "-q", "-y", "--allow-downgrades", "--allow-change-held-packages",
        "-o", "Dpkg::Options::=--force-confdef", "-o", "Dpkg::Options::=--force-confold", "-o", "Dpkg::Use-Pty=0",
        "-o", "APT::Keep-Downloaded-Packages=true", "-o", "APT::Color=0",
    ];

    public string Root => root;

    /// <summary>A path of the system as this process sees it.</summary>
    public string PathOf(string path) => root == "/" ? path : root + path;

    /// <summary>Whether the system has apt and dpkg.</summary>
    public bool Exist => File.Exists(PathOf("/usr/bin/apt-get")) && File.Exists(PathOf("/usr/bin/dpkg"));

    /// <summary>Whether a program has failed for want of space. What it had to say of that may have been lost with all else that it could not write.</summary>
    public bool IsDiskFull(ToolResult result) => AptOutput.SaysDiskFull(result)
        || ((string[])["/var/lib/dpkg", "/usr"]).Select(PathOf).Where(Directory.Exists).Any(folder => new DriveInfo(folder).AvailableFreeSpace < LeastSpace);

    /// <summary>Runs a program and gives what it printed.</summary>
    /// <exception cref="IOException">It can't be started, prints too much, or did not end in time.</exception>
    public async Task<ToolResult> RunAsync(TimeSpan timeout, CancellationToken cancellation, params IReadOnlyList<string> command)
    {
        var output = new MemoryStream();
        var result = await RunAsync(timeout, command, async (stream, token) =>
        {
            var buffer = new byte[16 * 1024];
            while (await stream.ReadAsync(buffer, token) is var count and > 0)
            {
                if (output.Length + count > LongestOutput)
                    throw new IOException($"{command[0]} printed more than {LongestOutput >> 20} MiB");
                output.Write(buffer, 0, count);
            }
        }, cancellation);
        return new(result.ExitCode, Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length), result.Errors);
    }

    /// <summary>Runs a program that writes into a file, and so goes on to its end also when this process does not.</summary>
    /// <param name="log">It is appended to.</param>
    /// <inheritdoc cref="RunAsync(TimeSpan, CancellationToken, IReadOnlyList{string})"/>
    public async Task<ToolResult> RunAsync(TimeSpan timeout, string log, CancellationToken cancellation, params IReadOnlyList<string> command)
    {
        var before = File.Exists(log) ? new FileInfo(log).Length : 0;
        try
        {
            await File.AppendAllTextAsync(log, $"+ {string.Join(' ', command)}\n", cancellation);
        }
        catch (IOException)
        {
            // On a full disk nothing of what it prints is kept; what is to be undone is undone all the same.
        }

        string[] shell = ["sh", "-c", "exec \"$@\" >>\"$0\" 2>&1 </dev/null", log, .. Prefix, .. command];
        var result = await RunHereAsync(timeout, shell, (_, _) => Task.CompletedTask, cancellation);
        var output = Tail(log, before);
        return new(result.ExitCode, output, output);
    }

    private string[] Prefix => root == "/" ? [] : ["chroot", root];

    private Task<ChildResult> RunAsync(TimeSpan timeout, IReadOnlyList<string> command, Func<Stream, CancellationToken, Task> read, CancellationToken cancellation) =>
        RunHereAsync(timeout, [.. Prefix, .. command], read, cancellation);

    private async Task<ChildResult> RunHereAsync(TimeSpan timeout, string[] command, Func<Stream, CancellationToken, Task> read, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            var result = await ChildProcess.RunAsync(command[0], command[1..], Environment, "/", "", read, either.Token);
            return result.ExitCode == NotFound ? throw new IOException($"{command[^1]} can't be run: {result.Errors.Trim()}") : result;
        }
        catch (Win32Exception e)
        {
            throw new IOException($"{command[0]} can't be run: {e.Message}", e);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"{string.Join(' ', command.TakeLast(3))} was stopped, since it did not end within {timeout.TotalMinutes:0} min");
        }
    }

    private static string Tail(string log, long from)
    {
        using var stream = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Position = Math.Min(Math.Max(from, stream.Length - LongestTail), stream.Length);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
