using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace EdgeOperator.Cli.Machines;

/// <summary>System calls of Linux by file descriptor: what the fast way into a guest needs, without the framework's sockets and console.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class Native
{
    public const int Interrupted = 4;

    private const int UnixFamily = 1;
    private const int StreamType = 1;
    private const int CloseOnExec = 0x80000;
    private const int SocketLevel = 1;
    private const int Rights = 1;
    private const int NoSignal = 0x4000;

    /// <summary>Larger than any platform's <c>struct termios</c> and <c>struct sigaction</c>.</summary>
    private const int AnyStruct = 512;

    public static bool IsTerminal(int file) => IsATty(file) == 1;

    /// <summary>Whether this process may read its terminal: others are stopped by the kernel when they do.</summary>
    public static bool IsInForeground(int terminal) => TcGetPGrp(terminal) == GetPGrp();

    /// <summary>Whether a signal is ignored, as nohup has it.</summary>
    public static bool IsIgnored(int signal)
    {
        var old = stackalloc nint[AnyStruct / sizeof(nint)];
        return SigAction(signal, 0, old) == 0 && old[0] == 1;
    }

    /// <summary>A pipe that no program inherits; negative when there can be none.</summary>
    public static (int Read, int Write) Pipe()
    {
        var ends = stackalloc int[2];
        return Pipe2(ends, CloseOnExec) == 0 ? (ends[0], ends[1]) : (-1, -1);
    }

    /// <summary>Waits until there is something to read, or the end; a signal does not end it.</summary>
    public static bool IsReadable(int file, int milliseconds)
    {
        var until = Environment.TickCount64 + milliseconds;
        var asked = new PollFile { File = file, Events = 1 };
        int ready;
        do
            ready = Poll(&asked, 1, (int)Math.Max(0, until - Environment.TickCount64));
        while (ready < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        return ready != 0;
    }

    /// <summary>Writes an empty line.</summary>
    public static void WriteLine(int file)
    {
        var end = (byte)'\n';
        _ = Write(file, &end, 1);
    }

    public static void Kill(int process, int signal) => _ = KillProcess(process, signal);

    /// <returns>A descriptor; -1 when nobody listens there or it may not be connected to.</returns>
    public static int Connect(string path)
    {
        // struct sockaddr_un: the family in two bytes, then the path and a NUL.
        var name = System.Text.Encoding.UTF8.GetBytes(path);
        if (name.Length > 107)
            return -1;
        var address = stackalloc byte[110];
        new Span<byte>(address, 110).Clear();
        *(ushort*)address = UnixFamily;
        name.CopyTo(new Span<byte>(address + 2, 108));
        var file = Socket(UnixFamily, StreamType | CloseOnExec, 0);
        if (file >= 0 && ConnectTo(file, address, (uint)(name.Length + 3)) == 0)
            return file;
        if (file >= 0)
            _ = Close(file);
        return -1;
    }

    /// <summary>Hands a file to whoever has the other end of a Unix socket, with one byte (unix(7), SCM_RIGHTS).</summary>
    public static bool SendFile(int socket, int file)
    {
        byte nothing = 0;
        var vector = new IoVector { Data = &nothing, Length = 1 };
        var control = new FileRights { Length = (nuint)(sizeof(nuint) + (3 * sizeof(int))), Level = SocketLevel, Type = Rights, File = file };
        var message = new Message { Vectors = &vector, VectorCount = 1, Control = &control, ControlLength = control.Length };
        return SendMessage(socket, &message, NoSignal) == 1;
    }

    /// <returns>Null when it can't be told.</returns>
    public static byte[]? CurrentDirectory()
    {
        const int Longest = 4096;
        var path = stackalloc byte[Longest];
        return GetCwd(path, Longest) == 0 ? null : MemoryMarshal.CreateReadOnlySpanFromNullTerminated(path).ToArray();
    }

    public static byte[] TerminalModes(int terminal)
    {
        var modes = new byte[AnyStruct];
        fixed (byte* pointer = modes)
            _ = TcGetAttr(terminal, pointer);
        return modes;
    }

    /// <summary>Every key is a byte, nothing is shown and nothing ends a line (cfmakeraw(3)).</summary>
    public static byte[] Raw(byte[] modes)
    {
        var raw = (byte[])modes.Clone();
        fixed (byte* pointer = raw)
            CfMakeRaw(pointer);
        return raw;
    }

    /// <summary>When all that was printed has been shown.</summary>
    public static void SetTerminalModes(int terminal, byte[] modes)
    {
        const int WhenDrained = 1;
        fixed (byte* pointer = modes)
            _ = TcSetAttr(terminal, WhenDrained, pointer);
    }

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int file, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int file, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollFile* files, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "pipe2")]
    private static partial int Pipe2(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "isatty")]
    private static partial int IsATty(int file);

    [LibraryImport("libc", EntryPoint = "tcgetpgrp")]
    private static partial int TcGetPGrp(int file);

    [LibraryImport("libc", EntryPoint = "getpgrp")]
    private static partial int GetPGrp();

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int SigAction(int signal, nint action, nint* old);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int KillProcess(int process, int signal);

    [LibraryImport("libc", EntryPoint = "socket")]
    private static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "connect")]
    private static partial int ConnectTo(int file, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "sendmsg")]
    private static partial nint SendMessage(int file, Message* message, int flags);

    [LibraryImport("libc", EntryPoint = "getcwd")]
    private static partial nint GetCwd(byte* path, nuint size);

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    private static partial int TcGetAttr(int file, byte* modes);

    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    private static partial int TcSetAttr(int file, int when, byte* modes);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void CfMakeRaw(byte* modes);

    private struct PollFile
    {
        public int File;
        public short Events;
        public short Happened;
    }

    private struct IoVector
    {
        public byte* Data;
        public nuint Length;
    }

    private struct FileRights
    {
        public nuint Length;
        public int Level;
        public int Type;
        public int File;
    }

    private struct Message
    {
        public void* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }
}
