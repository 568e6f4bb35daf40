using System.Text;
using EdgeOperator.Platform.Streams;

namespace EdgeOperator.Platform.Files;

/// <summary>
/// A file that a configuration or a manifest names: a key, a token, a certificate, an image. Symbolic links are followed. Only a regular
/// file is opened: a pipe would wait for its other end, opening a device may act on it, and many devices never end.
/// </summary>
public static class ReferencedFile
{
    /// <summary>Bytes; far more than any file of keys, certificates or credentials has.</summary>
    public const int LargestSize = 16 * 1024 * 1024;

    /// <summary>Opens the file to read.</summary>
    /// <exception cref="FileNotFoundException">Nothing is there.</exception>
    /// <exception cref="IOException">It is no regular file, or can't be opened; the message names it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static FileStream OpenRead(string path)
    {
        CheckKind(path);
        if (!OperatingSystem.IsLinux())
            return File.OpenRead(path);

        // What was looked at may have given way to something else. Opened again, since only so a writer's lock is respected.
        using var handle = Posix.OpenFile(path, follow: true);
        if (!Posix.Status(handle).IsFile)
            throw NotRegular(path);
        var opened = Posix.PathOf(handle);
        try
        {
            return File.OpenRead(opened);
        }
        catch (IOException e)
        {
            throw new IOException(e.Message.Replace(opened, path, StringComparison.Ordinal), e);
        }
    }

    /// <param name="limit">Bytes.</param>
    /// <exception cref="InputTooLargeException">It has more than <paramref name="limit"/> bytes.</exception>
    /// <inheritdoc cref="OpenRead"/>
    public static byte[] ReadBytes(string path, int limit = LargestSize)
    {
        using var file = OpenRead(path);
        CheckSize(path, file.Length, limit);
        using var bounded = new BoundedStream(file, limit, path);
        using var content = new MemoryStream();
        bounded.CopyTo(content);
        return content.ToArray();
    }

    /// <inheritdoc cref="ReadBytes"/>
    public static string ReadText(string path, int limit = LargestSize)
    {
        using var reader = new StreamReader(new MemoryStream(ReadBytes(path, limit)), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>For a file that another program, or a library, will open by its name.</summary>
    /// <inheritdoc cref="ReadBytes"/>
    public static void Check(string path)
    {
        using var file = OpenRead(path);
        CheckSize(path, file.Length, LargestSize);
    }

    private static void CheckSize(string path, long size, int limit)
    {
        if (size > limit)
            throw new InputTooLargeException($"{path} has more than {limit} bytes");
    }

    private static void CheckKind(string path)
    {
        if (Directory.Exists(path))
            throw new IOException($"{path} is a folder, not a file");
        if (OperatingSystem.IsLinux())
        {
            if (Posix.Status(path, follow: true) is not { } status)
                throw new FileNotFoundException($"the file {path} does not exist", path);
            if (!status.IsFile)
                throw NotRegular(path);
        }
    }

    private static IOException NotRegular(string path) => new($"{path} is a pipe, socket or device, not a regular file");
}
