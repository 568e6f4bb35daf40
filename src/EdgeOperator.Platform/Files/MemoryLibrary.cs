using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace EdgeOperator.Platform.Files;

/// <summary>
/// A native library that the single file on Linux carries as a resource: loaded from memory when it is first needed, so that nothing is
/// unpacked to a disk, which may be read-only or noexec. In any other build the library lies beside the program.
/// </summary>
public static partial class MemoryLibrary
{
    private const uint CloseOnExec = 1;

    /// <param name="assembly">Has the resource.</param>
    /// <param name="isMeant">Whether a library that code asks for by this name, and that was found nowhere else, is this one.</param>
    public static void Offer(Assembly assembly, string resource, Func<string, bool> isMeant)
    {
        // Once: every function asks anew, and a second copy of the library would know nothing of the first one's state.
        var handle = new Lazy<nint>(() => Load(assembly, resource));
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) => isMeant(name) ? handle.Value : 0;
    }

    private static nint Load(Assembly assembly, string resource)
    {
        using var library = assembly.GetManifestResourceStream(resource);
        if (library is null || CreateMemoryFile(resource, CloseOnExec) is var descriptor && descriptor < 0)
            return 0;

        using var memory = new FileStream(new(descriptor, ownsHandle: true), FileAccess.Write, bufferSize: 0);
        library.CopyTo(memory);
        return NativeLibrary.Load($"/proc/self/fd/{descriptor}");
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateMemoryFile(string name, uint flags);
}
