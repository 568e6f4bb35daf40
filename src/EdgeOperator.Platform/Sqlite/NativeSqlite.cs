using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace EdgeOperator.Platform.Sqlite;

/// <summary>
/// The native SQLite of the single file on Linux: loaded from memory when it is first needed, so that nothing is
/// unpacked to a disk, which may be read-only or noexec. In any other build the library lies beside the program.
/// </summary>
public static partial class NativeSqlite
{
    private const string Library = "libe_sqlite3.so";
    private const uint CloseOnExec = 1;

    // Once: every function asks anew, and a second copy of the library would know nothing of the first one's state.
    private static readonly Lazy<nint> Handle = new(Load);

    public static void Offer() => AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) => name == "e_sqlite3" ? Handle.Value : 0;

    private static nint Load()
    {
        using var library = typeof(NativeSqlite).Assembly.GetManifestResourceStream(Library);
        if (library is null || CreateMemoryFile(Library, CloseOnExec) is var descriptor && descriptor < 0)
            return 0;

        using var memory = new FileStream(new(descriptor, ownsHandle: true), FileAccess.Write, bufferSize: 0);
        library.CopyTo(memory);
        return NativeLibrary.Load($"/proc/self/fd/{descriptor}");
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateMemoryFile(string name, uint flags);
}
