using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace EdgeOperator.Platform.Files;

/// <summary>The few system calls of Linux that the framework does not offer.</summary>
[SupportedOSPlatform("linux")]
public static partial class Posix
{
    private const int ReadOnly = 0;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int PathOnly = 0x200000;
    private const int CurrentFolder = -100;
    private const int NoFollowAt = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint BasicStatsAndBirth = 0xfff;
    private const int NotFound = 2;
    private const int NotAFolder = 20;

    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64;
    private static readonly int Folder = IsArm ? 0x4000 : 0x10000;
    private static readonly int NoFollow = IsArm ? 0x8000 : 0x20000;

    /// <summary>Makes renames, creations and deletions in a folder survive a power cut.</summary>
    /// <exception cref="IOException">The folder can't be opened, or the disk failed.</exception>
    public static void SyncFolder(string folder)
    {
        using var handle = Check(Open(folder, ReadOnly | Folder | CloseOnExec), folder);
        if (FSync(handle) != 0)
        {
            throw Failure(folder);
        }
    }

    /// <summary>Makes all that was written to a folder's file system survive a power cut.</summary>
    /// <exception cref="IOException">The folder can't be opened, or the disk failed.</exception>
    public static void SyncFileSystem(string folder)
    {
        using var handle = Check(Open(folder, ReadOnly | Folder | CloseOnExec), folder);
        if (SyncFS(handle) != 0)
            throw Failure(folder);
    }

    /// <summary>Opens a file to read, never waiting for the other end of a pipe.</summary>
    /// <param name="follow">Whether a symlink stands for what it leads to.</param>
    /// <exception cref="IOException">It can't be opened, or is a symlink that is not followed.</exception>
    public static SafeFileHandle OpenFile(string path, bool follow = false) =>
        Check(Open(path, ReadOnly | (follow ? 0 : NoFollow) | NonBlocking | CloseOnExec), path);

    /// <summary>A folder as it is now, whatever happens to its path later; null when there is none.</summary>
    /// <param name="follow">Whether <paramref name="path"/> itself may be a symlink to a folder.</param>
    /// <exception cref="IOException">It is not a folder, or may not be opened.</exception>
    public static SafeFileHandle? OpenFolder(string path, bool follow)
    {
        var handle = Open(path, PathOnly | Folder | CloseOnExec | (follow ? 0 : NoFollow));
        return handle.IsInvalid && Marshal.GetLastPInvokeError() == NotFound ? null : Check(handle, path);
    }

    /// <summary>What is at a path; null when nothing is.</summary>
    /// <param name="follow">Whether a symlink stands for what it leads to.</param>
    /// <exception cref="IOException">The path may not be looked at.</exception>
    public static FileStatus? Status(string path, bool follow = false) =>
        StatX(CurrentFolder, path, follow ? 0 : NoFollowAt, BasicStatsAndBirth, out var status) == 0 ? status
        : Marshal.GetLastPInvokeError() is NotFound or NotAFolder ? null
        : throw Failure(path);

    public static FileStatus Status(SafeFileHandle file) =>
        StatX((int)file.DangerousGetHandle(), "", EmptyPath, BasicStatsAndBirth, out var status) == 0 ? status : throw Failure("an open file");

    /// <summary>
    /// What is at a path as it is now, whatever happens to the path later: a file, a folder, or a symlink itself; nothing is read or written
    /// through it. Null when nothing is there.
    /// </summary>
    /// <exception cref="IOException">It may not be opened.</exception>
    public static SafeFileHandle? OpenPath(string path)
    {
        var handle = Open(path, PathOnly | NoFollow | CloseOnExec);
        return handle.IsInvalid && Marshal.GetLastPInvokeError() is NotFound or NotAFolder ? null : Check(handle, path);
    }

    /// <summary>A path to what is open, for as long as it is, wherever it is moved to.</summary>
    public static string PathOf(SafeFileHandle file) => string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{file.DangerousGetHandle()}");

    /// <summary>Gives away what is open, also by <see cref="OpenPath"/>.</summary>
    /// <exception cref="IOException">It may not be given away.</exception>
    public static void ChangeOwner(SafeFileHandle file, FileOwner owner, string path)
    {
        if (FChownAt(file, "", owner.User ?? uint.MaxValue, owner.Group ?? uint.MaxValue, EmptyPath) != 0)
            throw Failure($"{path} (owner {owner})");
    }

    /// <summary>Gives what has a name, be it a link to a folder, the name of something else, which it replaces in one go.</summary>
    /// <exception cref="IOException">It could not; both are as they were.</exception>
    public static void Rename(string from, string to)
    {
        if (RenameName(from, to) != 0)
            throw Failure(to);
    }

    /// <summary>Whose rights this process has: 0 is root.</summary>
    public static uint EffectiveUser => GetEffectiveUser();

    /// <summary>Sends a signal; a process that is not there (any more) needs none.</summary>
    public static void Signal(int process, int signal) => _ = Kill(process, signal);

    /// <summary>Has a number of an open file stand for another open file.</summary>
    public static void Replace(int file, int with) => _ = Duplicate(with, file);

    /// <summary>Replaces this process by another program, with the same files, terminal and process id. Returns only by an exception.</summary>
    /// <param name="program">An absolute path.</param>
    /// <param name="arguments">All of them, argument 0 included.</param>
    /// <param name="environment">As <c>NAME=VALUE</c>.</param>
    /// <exception cref="IOException">It could not be started.</exception>
    public static void Exec(string program, IEnumerable<byte[]> arguments, IEnumerable<byte[]> environment)
    {
        // The runtime ignores it, and what is ignored stays so.
        const int BrokenPipe = 13;
        _ = SetSignal(BrokenPipe, 0);
        _ = Execute(program, Strings(arguments), Strings(environment));
        throw Failure(program);
    }

    // Never freed: they are for the new program, or for the few moments that are left without it.
    private static nint[] Strings(IEnumerable<byte[]> words) => [.. words.Select(AllocateString), 0];

    private static nint AllocateString(byte[] word)
    {
        var memory = Marshal.AllocHGlobal(word.Length + 1);
        Marshal.Copy(word, 0, memory, word.Length);
        Marshal.WriteByte(memory, word.Length, 0);
        return memory;
    }

    private static SafeFileHandle Check(SafeFileHandle handle, string path) => handle.IsInvalid ? throw Failure(path) : handle;

    private static IOException Failure(string path)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{new Win32Exception(error).Message} : '{path}'", error);
    }

    /// <summary>
    /// Keeps this process's memory out of core dumps, and other processes of the same user from reading it. What it starts from now on writes no
    /// core dumps either.
    /// </summary>
    public static void HideMemory()
    {
        // Where a sandbox refuses it, it has set the limit itself.
        _ = SetLimit(CoreSize, new ResourceLimit(0, 0));
        _ = ProcessControl(SetDumpable, 0, 0, 0, 0);
    }

    private const int SetDumpable = 4;
    private const int CoreSize = 4;

    /// <summary><c>struct rlimit</c>.</summary>
    private readonly record struct ResourceLimit(nuint Soft, nuint Hard);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in ResourceLimit limit);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int ProcessControl(int option, nuint argument, nuint second, nuint third, nuint fourth);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int SyncFS(SafeFileHandle folder);

    [LibraryImport("libc", EntryPoint = "fchownat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FChownAt(SafeFileHandle folder, string path, uint user, uint group, int flags);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameName(string from, string to);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Duplicate(int file, int to);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetSignal(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, nint[] arguments, nint[] environment);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, out FileStatus status);
}
