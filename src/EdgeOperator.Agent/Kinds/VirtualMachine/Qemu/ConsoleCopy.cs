using System.Runtime.Versioning;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>Shows a console: the file that QEMU appends to, and what <see cref="OutputFile.Bound"/> has set aside of it.</summary>
[SupportedOSPlatform("linux")]
internal static class ConsoleCopy
{
    /// <summary>Bytes at once: a guest can print faster than the file is kept small, and what is too much is left out.</summary>
    private const int LongestRead = 4 * OutputFile.Limit;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <param name="tail">Lines from the end to begin with; null for all.</param>
    /// <param name="goesOn">Whether to wait for more; what is there when it says no is still copied.</param>
    /// <exception cref="IOException">It can't be read.</exception>
    public static async Task RunAsync(string file, int? tail, Func<bool> goesOn, Stream output, TimeProvider time, CancellationToken cancellation)
    {
        var set = Mark(Aside(file));
        var (content, position) = Read(file, 0);
        var kept = Read(Aside(file), 0).Content;
        await output.WriteAsync(Tail([.. kept, .. content], tail), cancellation);
        await output.FlushAsync(cancellation);
        for (var last = false; !last;)
        {
            last = !goesOn();
            if (!last)
                await Task.Delay(Look, time, cancellation);
            byte[] rest = [];

            // Set aside meanwhile: the file has begun anew, and what was not read yet is at the end of the other one.
            if (Mark(Aside(file)) is var now && now != set && Mark(file).Length < now.Length)
                (rest, position, set) = (Read(Aside(file), position).Content, 0, now);
            (content, position) = Read(file, position);
            if (rest.Length + content.Length == 0)
                continue;
            await output.WriteAsync((byte[])[.. rest, .. content], cancellation);
            await output.FlushAsync(cancellation);
        }
    }

    internal static ReadOnlyMemory<byte> Tail(byte[] content, int? lines)
    {
        if (lines is not { } wanted)
            return content;
        var start = content.Length;
        for (var i = content.Length - 1; i >= 0 && wanted > 0; i--)
        {
            // The end of the last line is not yet the one before it.
            if (i > 0 && content[i - 1] == (byte)'\n' && --wanted == 0)
                return content.AsMemory(i);
            start = i;
        }

        return content.AsMemory(start);
    }

    private static string Aside(string file) => file + ".1";

    private static (DateTime Changed, long Length) Mark(string file) => new FileInfo(file) is { Exists: true } info ? (info.LastWriteTimeUtc, info.Length) : default;

    private static (byte[] Content, long Position) Read(string path, long from)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var length = file.Length;
            file.Position = Math.Max(Math.Min(from, length), length - LongestRead);
            var content = new byte[length - file.Position];
            file.ReadExactly(content);
            return (content, file.Position);
        }
        catch (Exception e) when (e is FileNotFoundException or EndOfStreamException)
        {
            return ([], from);
        }
    }
}
