using System.Runtime.ExceptionServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace EdgeOperator.Platform.Files;

/// <summary>
/// A JSON file of an executable's own state. Damage is a result and not an exception, whatever it looks like: no bytes, zeros,
/// half a file, another content, a folder, link or pipe in the file's place. A disk that can't be read is an exception: the file may be whole.
/// </summary>
public static class StateFile
{
    /// <summary>Bytes, far more than any such file has: what a damaged file system makes of one may have any length, and must not take all memory.</summary>
    public const int LargestSize = 64 * 1024 * 1024;

    /// <param name="damage">Why there is no value although something is there, as the end of a sentence; null otherwise.</param>
    /// <returns>Null when there is no such file, or it is damaged.</returns>
    /// <exception cref="IOException">It can't be read now.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static T? Read<T>(string path, JsonTypeInfo<T> type, out string? damage)
        where T : class
    {
        damage = null;
        try
        {
            return ChecksummedJson.Decode(ReadBytes(path), type);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            damage = e.Message;
            return null;
        }
    }

    /// <summary>Reads a file that <see cref="WriteTwice"/> has written: from its copy when the file itself is missing or damaged.</summary>
    /// <param name="damage">Why one of both is of no use although there is something, as the end of a sentence; null otherwise.</param>
    /// <returns>Null when there is neither, or both are damaged.</returns>
    /// <exception cref="IOException">Neither can be used, and one can't be read now.</exception>
    /// <exception cref="UnauthorizedAccessException">Neither can be used, and one may not be read.</exception>
    public static T? ReadEither<T>(string path, JsonTypeInfo<T> type, out string? damage)
        where T : class
    {
        T? value = null;
        Exception? failure = null;
        string? damageOfCopy = null;
        damage = null;
        try
        {
            value = Read(path, type, out damage);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            failure = e;
        }

        T? copy = null;
        try
        {
            copy = Read(CopyOf(path), type, out damageOfCopy);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            failure ??= e;
        }

        if (failure is not null && value is null && copy is null)
            ExceptionDispatchInfo.Throw(failure);
        damage ??= damageOfCopy ?? failure?.Message ?? ((value is null) != (copy is null) ? "one of its two copies is missing" : null);
        return value ?? copy;
    }

    /// <summary>As <see cref="Write"/>, and then a copy beside it, so that damage to one of both loses nothing.</summary>
    /// <exception cref="IOException">The disk is full or failed; one of both is whole.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static void WriteTwice<T>(string path, T value, JsonTypeInfo<T> type)
    {
        Write(path, value, type);
        Write(CopyOf(path), value, type);
    }

    /// <summary>Deletes what <see cref="WriteTwice"/> has written.</summary>
    /// <exception cref="IOException">It can't be deleted.</exception>
    public static void DeleteBoth(string path)
    {
        foreach (var file in (string[])[CopyOf(path), path])
        {
            ClearForFile(file);
            AtomicFile.Delete(file);
        }
    }

    /// <summary>Where the copy of a file is.</summary>
    public static string CopyOf(string path) => path + ".copy";

    /// <summary>Returns when the file is on the disk, with its checksum. Something else in its place gives way, as <see cref="ClearForFile"/> has it.</summary>
    /// <exception cref="IOException">The disk is full or failed; the file saved before is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static void Write<T>(string path, T value, JsonTypeInfo<T> type)
    {
        ClearForFile(path);
        AtomicFile.Write(path, ChecksummedJson.Encode(value, type));
    }

    /// <summary>As <see cref="AtomicFile.Write(string, ReadOnlyMemory{byte}, UnixFileMode, FileOwner?)"/>, unless the file has that content already.</summary>
    public static void WriteChanged(string path, ReadOnlyMemory<byte> content)
    {
        ClearForFile(path);
        if (FileStatus.Of(path)?.Size != (ulong)content.Length || !File.ReadAllBytes(path).AsSpan().SequenceEqual(content.Span))
            AtomicFile.Write(path, content);
    }

    /// <summary>Deletes the file, if there is one. Something else in its place gives way, as <see cref="ClearForFile"/> has it.</summary>
    /// <exception cref="IOException">It can't be deleted.</exception>
    public static void Delete(string path)
    {
        ClearForFile(path);
        File.Delete(path);
    }

    /// <summary>All bytes of a regular file. Nothing else is opened: a pipe would wait for its other end, a link may lead anywhere.</summary>
    /// <exception cref="FileNotFoundException">Nothing is there.</exception>
    /// <exception cref="InvalidDataException">Something else than a regular file is there, or it has more than <see cref="LargestSize"/> bytes.</exception>
    /// <exception cref="IOException">It can't be read now.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static byte[] ReadBytes(string path)
    {
        CheckWithSize(path);
        return File.ReadAllBytes(path);
    }

    /// <summary>The text of a regular file; throws as <see cref="ReadBytes"/> does.</summary>
    public static string ReadText(string path)
    {
        CheckWithSize(path);
        return File.ReadAllText(path);
    }

    /// <summary>The lines of a regular file; throws as <see cref="ReadBytes"/> does.</summary>
    public static string[] ReadLines(string path)
    {
        CheckWithSize(path);
        return File.ReadAllLines(path);
    }

    /// <summary>Opens a regular file to read; throws as <see cref="ReadBytes"/> does.</summary>
    public static FileStream OpenRead(string path)
    {
        Check(path);
        return File.OpenRead(path);
    }

    /// <summary>Makes the path free for a regular file: a folder in its place is moved aside, a link, pipe or socket deleted.</summary>
    /// <exception cref="IOException">That can't be done.</exception>
    /// <exception cref="UnauthorizedAccessException">That may not be done.</exception>
    public static void ClearForFile(string path)
    {
        switch (FileStatus.Of(path))
        {
            case null or { IsFile: true }:
                break;
            case { IsFolder: true }:
                Directory.Move(path, FreeNameBeside(path));
                break;
            default:
                File.Delete(path);
                break;
        }
    }

    /// <summary>A name that nothing has yet, for what is moved aside.</summary>
    internal static string FreeNameBeside(string path) => Enumerable.Range(1, int.MaxValue).Select(n => $"{path}.damaged-{n}").First(p => !Path.Exists(p));

    private static void CheckWithSize(string path)
    {
        Check(path);
        if (FileStatus.Of(path)?.Size > LargestSize)
            throw new InvalidDataException($"it has more than {LargestSize} bytes");
    }

    private static void Check(string path)
    {
        switch (FileStatus.Of(path))
        {
            case null:
                throw new FileNotFoundException("There is no such file.", path);
            case { IsFile: true }:
                break;
            case { IsFolder: true }:
                throw new InvalidDataException("a folder is in its place");
            case { IsLink: true }:
                throw new InvalidDataException("a symbolic link is in its place");
            default:
                throw new InvalidDataException("a pipe, socket or device is in its place");
        }
    }
}
