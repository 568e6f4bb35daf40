using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace EdgeOperator.Platform.Files;

/// <summary>Folders of Windows that are held open: nobody can rename or delete one, or put a link in its place, in the meantime.</summary>
[SupportedOSPlatform("windows")]
public static partial class WindowsFolder
{
    private const uint ListDirectory = 1;
    private const uint ShareReadWrite = 3;
    private const uint OpenExisting = 3;

    /// <summary>FILE_FLAG_BACKUP_SEMANTICS, without which no folder can be opened.</summary>
    private const uint OfFolders = 0x02000000;

    private const int MaxPath = 32768;

    /// <exception cref="IOException">It is not there, or may not be opened.</exception>
    public static SafeFileHandle Open(string path)
    {
        var handle = CreateFile(path, ListDirectory, ShareReadWrite, 0, OpenExisting, OfFolders, 0);
        if (!handle.IsInvalid)
            return handle;
        var error = new Win32Exception(Marshal.GetLastPInvokeError());
        handle.Dispose();
        throw new IOException($"{path} can't be opened: {error.Message}", error);
    }

    /// <summary>Where it really is: without links and junctions, and in the very letters of the disk.</summary>
    /// <exception cref="IOException">The file system does not say.</exception>
    public static string PathOf(SafeFileHandle folder)
    {
        const string Long = @"\\?\", Share = @"\\?\UNC\";
        var buffer = new char[MaxPath];
        var length = GetFinalPathName(folder, buffer, MaxPath, 0);
        if (length is 0 or >= MaxPath)
            throw new IOException("the file system does not say where the folder is", new Win32Exception(Marshal.GetLastPInvokeError()));
        var path = new string(buffer, 0, (int)length);
        return path.StartsWith(Share, StringComparison.Ordinal) ? @"\\" + path[Share.Length..]
            : path.StartsWith(Long, StringComparison.Ordinal) ? path[Long.Length..]
            : path;
    }

    [LibraryImport("kernel32", EntryPoint = "CreateFileW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial SafeFileHandle CreateFile(string path, uint access, uint share, nint security, uint disposition, uint flags, nint template);

    [LibraryImport("kernel32", EntryPoint = "GetFinalPathNameByHandleW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial uint GetFinalPathName(SafeFileHandle file, [Out] char[] path, uint length, uint flags);
}
