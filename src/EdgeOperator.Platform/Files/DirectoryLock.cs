using System.Text;

namespace EdgeOperator.Platform.Files;

/// <summary>
/// Keeps a directory to one process. The kernel releases the lock with the process, however that ends.
/// </summary>
public sealed class DirectoryLock : IDisposable
{
    private readonly FileStream _lock;

    private DirectoryLock(FileStream held) => _lock = held;

    /// <summary>Takes the directory, creating it (0700) when it is missing.</summary>
    /// <param name="holder">What kind of process holds it, such as <c>agent</c>: it names the files <c>agent.lock</c> and <c>agent.pid</c>.</param>
    /// <exception cref="DirectoryInUseException">Another process holds it.</exception>
    /// <exception cref="IOException">It can't be created, something else than a directory has its name, or the disk failed.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory may not be written to.</exception>
    public static DirectoryLock Acquire(string directory, string holder)
    {
        // Inside of it what is no folder gives way to one. Where it lies itself, somebody has named the wrong path.
        if (!Directory.Exists(directory) && FileStatus.Of(directory) is not null)
            throw new IOException($"{directory} is no directory: name another path, or move away what is there");
        PrivateFolder.Create(directory);
        var pidFile = Path.Combine(directory, $"{holder}.pid");
        var lockFile = Path.Combine(directory, $"{holder}.lock");
        StateFile.ClearForFile(lockFile);
        var held = Open(lockFile)
            ?? throw new DirectoryInUseException($"the directory {directory} is in use by another {holder} ({Describe(pidFile)})");
        WritePid(pidFile);
        return new(held);
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream? Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (IsHeld(e))
        {
            return null;
        }
    }

    // The pid only serves the message of DirectoryInUseException: a full disk must not keep a process from starting.
    private static void WritePid(string file)
    {
        try
        {
            StateFile.ClearForFile(file);
            File.Delete(file);
            AtomicFile.Write(file, Encoding.UTF8.GetBytes($"{Environment.ProcessId}\n"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The message says then that the pid is not known.
        }
    }

    // EWOULDBLOCK on Linux and macOS, ERROR_SHARING_VIOLATION on Windows.
    private static bool IsHeld(IOException e) => (e.HResult & 0xFFFF) is 11 or 35 or 32;

    private static string Describe(string pidFile)
    {
        try
        {
            return $"pid {StateFile.ReadText(pidFile).Trim()}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return "its pid is not known";
        }
    }
}

/// <summary>Another process holds the directory; the message names both, and ends without a full stop so that advice can follow.</summary>
public sealed class DirectoryInUseException(string message) : IOException(message);
