using System.IO.Compression;

namespace EdgeOperator.Platform.Publishing;

/// <summary>An app's zip file, which comes from outside: its sizes and names may be anything.</summary>
public static class ZipPackage
{
    /// <summary>Bytes of the file itself.</summary>
    public const long LargestZip = 512L * 1024 * 1024;

    /// <summary>Bytes of all that it holds.</summary>
    public const long LargestContent = 2L * 1024 * 1024 * 1024;

    /// <summary>Files and folders that it holds, those among them that are named only on the way to a file.</summary>
    public const int MostEntries = 200_000;

    /// <summary>Bytes of the list of its files, which is held in memory.</summary>
    public const int LargestDirectory = 32 * 1024 * 1024;

    /// <summary>Characters; no file system takes as many.</summary>
    private const int LongestName = 4096;

    private const int BufferSize = 64 * 1024;

    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Checks what can be checked without unpacking it: sizes, names, and whether it holds a function app.</summary>
    /// <exception cref="ZipPackageException">It can't be an app's package.</exception>
    public static void Check(string zip)
    {
        using var archive = Open(zip);
        var names = archive.Entries.Select(e => Normalize(e.FullName)).ToHashSet(StringComparer.Ordinal);
        if (!names.Contains("host.json"))
        {
            var inner = names.FirstOrDefault(n => n.EndsWith("/host.json", StringComparison.Ordinal) && n.Count(c => c == '/') == 1);
            throw new ZipPackageException(ZipFault.NoApp, inner is null
                ? "it has no host.json at its root, so it is no function app"
                : $"its host.json lies in a folder ({inner}): zip what is in the folder, not the folder");
        }

        if (names.Contains("local.settings.json"))
            throw new ZipPackageException(ZipFault.NoApp, "it holds a local.settings.json, which is for a developer's machine and may hold secrets: leave it out");
    }

    /// <summary>Unpacks a file into an empty folder.</summary>
    /// <exception cref="ZipPackageException">It is damaged, too large, or would write outside of the folder.</exception>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public static void Extract(string zip, string folder, CancellationToken cancellation)
    {
        using var archive = Open(zip);
        var buffer = new byte[BufferSize];
        foreach (var entry in archive.Entries)
        {
            cancellation.ThrowIfCancellationRequested();
            var name = Normalize(entry.FullName);
            var path = Path.Combine(folder, name);
            try
            {
                if (name.EndsWith('/'))
                {
                    Directory.CreateDirectory(path);
                    continue;
                }

                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                Write(entry, path, buffer);
            }
            catch (Exception e) when (e is InvalidDataException or ArgumentException or NotSupportedException || IsFaultOfName(e, path))
            {
                throw new ZipPackageException(ZipFault.Damaged, $"its entry {Short(name)} can't be unpacked: {e.Message}", e);
            }
        }
    }

    private static ZipArchive Open(string zip)
    {
        // The archive owns the file, but not before it has been opened.
        var file = new ZipDirectoryReads(File.OpenRead(zip), LargestDirectory);
        try
        {
            var archive = new ZipArchive(file, ZipArchiveMode.Read);
            var entries = archive.Entries;
            file.Release();
            var rest = LargestContent;
            var folders = new HashSet<int>();
            foreach (var entry in entries)
            {
                // Compared, not added: sums of sizes from outside can overflow.
                if (entry.Length < 0 || entry.Length > rest)
                    throw new ZipPackageException(ZipFault.TooLarge, $"its files have more than {LargestContent} bytes");
                rest -= entry.Length;
                var name = Normalize(entry.FullName);
                if (!IsInside(name))
                    throw new ZipPackageException(ZipFault.Damaged, $"its entry {Short(entry.FullName)} would lie outside of the app's folder");
                if (name.Length > LongestName)
                    throw new ZipPackageException(ZipFault.Damaged, $"its entry {Short(name)} has a name of more than {LongestName} characters");
                AddFolders(name, folders);
                if (entries.Count + folders.Count > MostEntries)
                    throw new ZipPackageException(ZipFault.TooLarge, $"it has more than {MostEntries} files and folders");
            }

            return archive;
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException or NotSupportedException or OverflowException)
        {
            file.Dispose();
            throw new ZipPackageException(ZipFault.Damaged, $"it is no zip file that can be read: {e.Message}", e);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    // By the hashes of their names, from the innermost out: where one is known, all around it are.
    private static void AddFolders(string name, HashSet<int> folders)
    {
        var path = name.AsSpan().TrimEnd('/');
        for (var end = path.LastIndexOf('/'); end > 0 && folders.Add(string.GetHashCode(path[..end])); end = path[..end].LastIndexOf('/'))
        {
        }
    }

    /// <summary>Not more bytes than the archive's directory announces: the sum of those has been checked.</summary>
    private static void Write(ZipArchiveEntry entry, string path, byte[] buffer)
    {
        using var source = entry.Open();
        using var target = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        var rest = entry.Length;
        while (source.Read(buffer) is var count and > 0)
        {
            rest -= count;
            if (rest < 0)
                throw new InvalidDataException("it is larger than the archive says");
            target.Write(buffer, 0, count);
        }

        if (rest > 0)
            throw new InvalidDataException("it is smaller than the archive says");

        // The upper half has the mode in archives that were made on Unix; 0 in others.
        if (!OperatingSystem.IsWindows() && (((UnixFileMode)(entry.ExternalAttributes >> 16)) & Executable) is not 0)
            File.SetUnixFileMode(target.SafeFileHandle, File.GetUnixFileMode(target.SafeFileHandle) | UnixFileMode.UserExecute);
    }

    /// <summary>A name that is too long, or there twice, perhaps once as a file and once as a folder; other errors are the disk's.</summary>
    private static bool IsFaultOfName(Exception e, string path) => e switch
    {
        PathTooLongException => true,
        // EEXIST, ENOTDIR, EISDIR, ENAMETOOLONG.
        IOException => (e.HResult & 0xFFFF) is 17 or 20 or 21 or 36 || e is DirectoryNotFoundException,
        UnauthorizedAccessException => Directory.Exists(path),
        _ => false,
    };

    // Backslashes: archives that were made by old programs on Windows.
    private static string Normalize(string name)
    {
        name = name.Replace('\\', '/');
        return name.StartsWith("./", StringComparison.Ordinal) && name.Length > 2 ? name[2..] : name;
    }

    private static bool IsInside(string name) =>
        name.Length > 0 && name[0] != '/' && !name.Contains('\0', StringComparison.Ordinal) && !(name.Length > 1 && name[1] == ':')
        && name.TrimEnd('/').Split('/').All(part => part is not ("" or "." or ".."));

    private static string Short(string name) => name.Length > 100 ? name[..100] + "…" : name;
}

public enum ZipFault
{
    Damaged,
    TooLarge,
    NoApp,
}

/// <summary>A zip file is no package of an app; the message says why, as the end of a sentence that names the file.</summary>
public sealed class ZipPackageException(ZipFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public ZipFault Fault { get; } = fault;
}
