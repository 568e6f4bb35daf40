using System.Text;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Functions.Logs;

/// <summary>
/// Lines in a folder, in files that follow one another: <c>app.log</c> is written, <c>app.1.log</c> came before it, and
/// so on. The oldest is deleted, so that the folder never holds more than it may. Not safe for use by many threads.
/// </summary>
internal sealed class LogFiles : IDisposable
{
    private readonly string _folder;
    private readonly long _size;
    private readonly int _count;
    private FileStream? _current;

    /// <param name="size">Bytes of a file, about.</param>
    /// <param name="count">Of files, from 2.</param>
    public LogFiles(string folder, long size = 5 * 1024 * 1024, int count = 4)
    {
        _folder = folder;
        _size = size;
        _count = count;
    }

    /// <exception cref="IOException">They could not be written; later lines may be.</exception>
    public void Write(IEnumerable<string> lines)
    {
        var text = new StringBuilder();
        foreach (var line in lines)
            text.Append(line).Append('\n');

        _current ??= Open();
        if (_current.Length > 0 && _current.Length + text.Length > _size)
            Roll();

        _current!.Write(Encoding.UTF8.GetBytes(text.ToString()));
        _current.Flush();
    }

    /// <summary>The newest lines, oldest first.</summary>
    public IReadOnlyList<string> Tail(int lines, Func<string, bool> wanted)
    {
        var tail = new LinkedList<string>();
        for (var i = 0; i < _count && tail.Count < lines; i++)
        {
            if (FileStatus.Of(PathOf(i)) is not { IsFile: true })
                break;

            var found = new Queue<string>();
            foreach (var line in File.ReadLines(PathOf(i)).Where(wanted))
            {
                found.Enqueue(line);
                if (found.Count > lines - tail.Count)
                    found.Dequeue();
            }

            foreach (var line in found.Reverse())
                tail.AddFirst(line);
        }

        return [.. tail];
    }

    public void Dispose() => _current?.Dispose();

    private void Roll()
    {
        _current?.Dispose();
        _current = null;
        for (var i = _count - 2; i >= 0; i--)
        {
            StateFile.ClearForFile(PathOf(i + 1));
            if (File.Exists(PathOf(i)))
                File.Move(PathOf(i), PathOf(i + 1), overwrite: true);
        }

        _current = Open();
    }

    private FileStream Open()
    {
        StateFile.ClearForFile(PathOf(0));
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

        return new(PathOf(0), options);
    }

    private string PathOf(int index) => Path.Combine(_folder, index == 0 ? "app.log" : $"app.{index}.log");
}
