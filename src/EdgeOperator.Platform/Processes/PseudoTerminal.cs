using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace EdgeOperator.Platform.Processes;

/// <summary>A pseudo terminal (pty(7)) and the program that has it for its controlling terminal.</summary>
[SupportedOSPlatform("linux")]
public sealed partial class PseudoTerminal : IDisposable
{
    private const int ReadWrite = 2;
    private const int NoControllingTerminal = 0x100;
    private const int CloseOnExec = 0x80000;
    private const nuint SetWindowSize = 0x5414;
    private const int LongestName = 128;

    private readonly SafeFileHandle _handle;

    private PseudoTerminal(SafeFileHandle handle, Process process) => (_handle, Process, Stream) = (handle, process, new FileStream(handle, FileAccess.ReadWrite, bufferSize: 0));

    public Process Process { get; }

    /// <summary>What the program prints, and what is typed. At the program's end reading fails or ends.</summary>
    public Stream Stream { get; }

    /// <summary>Starts a program in a session of its own, which ends with the terminal.</summary>
    /// <exception cref="IOException">It can't be started, or there is no terminal to be had.</exception>
    public static PseudoTerminal Start(string program, IReadOnlyList<string> arguments, ushort columns, ushort rows)
    {
        var handle = new SafeFileHandle(Open(ReadWrite | NoControllingTerminal | CloseOnExec), ownsHandle: true);
        try
        {
            if (handle.IsInvalid || Grant(handle) != 0 || Unlock(handle) != 0)
                throw Failure("a terminal can't be opened");
            var name = new byte[LongestName];
            if (NameOf(handle, ref name[0], (nuint)name.Length) != 0)
                throw Failure("a terminal has no name");
            Resize(handle, columns, rows);
            var device = System.Text.Encoding.ASCII.GetString(name, 0, Array.IndexOf(name, (byte)0));

            // The shell opens the terminal, and setsid makes it the controlling one of a new session.
            var start = new ProcessStartInfo("sh", ["-c", "exec setsid -w -c \"$@\" <\"$0\" >\"$0\" 2>&1", device, program, .. arguments]);
            return new(handle, System.Diagnostics.Process.Start(start)!);
        }
        catch (Win32Exception e)
        {
            handle.Dispose();
            throw new IOException(e.Message, e);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public void Resize(ushort columns, ushort rows) => Resize(_handle, columns, rows);

    /// <summary>Hangs up: the program gets SIGHUP.</summary>
    public void Dispose()
    {
        Stream.Dispose();
        Process.Dispose();
    }

    private static void Resize(SafeFileHandle handle, ushort columns, ushort rows)
    {
        var size = new WindowSize { Rows = rows, Columns = columns };
        if (Control(handle, SetWindowSize, in size) != 0)
            throw Failure("a terminal's size can't be set");
    }

    private static IOException Failure(string what) => new($"{what}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    [LibraryImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    private static partial int Open(int flags);

    [LibraryImport("libc", EntryPoint = "grantpt", SetLastError = true)]
    private static partial int Grant(SafeFileHandle terminal);

    [LibraryImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    private static partial int Unlock(SafeFileHandle terminal);

    [LibraryImport("libc", EntryPoint = "ptsname_r", SetLastError = true)]
    private static partial int NameOf(SafeFileHandle terminal, ref byte name, nuint length);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle terminal, nuint request, in WindowSize size);

    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort Width;
        public ushort Height;
    }
}
