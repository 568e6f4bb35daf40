namespace EdgeOperator.Agent.Storage;

/// <summary>
/// Holds a state directory for one agent. The kernel drops the lock with the process, however that ends.
/// </summary>
public sealed class StateDirectoryLock : IDisposable
{
    private readonly FileStream _lock;

    private StateDirectoryLock(FileStream held) => _lock = held;

    /// <summary>Takes the directory, creating it (0700) when it is missing.</summary>
    /// <exception cref="IOException">Another agent holds it, or it can't be made; the message says which and what to do.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory may not be written to.</exception>
    public static StateDirectoryLock Acquire(string directory)
    {
        PrivateFolder.Create(directory);
        var holder = Path.Combine(directory, "agent.pid");
        var held = Open(Path.Combine(directory, "agent.lock"))
            ?? throw new IOException(
                $"the state directory {directory} is in use by another agent ({Describe(holder)}): stop that one, or give this one another stateDirectory");

        File.WriteAllText(holder, $"{Environment.ProcessId}\n");
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

    // EWOULDBLOCK on Linux and macOS, ERROR_SHARING_VIOLATION on Windows.
    private static bool IsHeld(IOException e) => (e.HResult & 0xFFFF) is 11 or 35 or 32;

    private static string Describe(string holder)
    {
        try
        {
            return $"pid {File.ReadAllText(holder).Trim()}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "its pid is not known";
        }
    }
}
