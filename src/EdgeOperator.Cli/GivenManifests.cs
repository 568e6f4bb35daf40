using EdgeOperator.Core.Manifests;
using EdgeOperator.Platform.Streams;

namespace EdgeOperator.Cli;

/// <summary>Files and folders that are named on the command line in the place of the configured sources; <c>-</c> is standard input.</summary>
internal sealed class GivenManifests : IDisposable
{
    public const string StandardInput = "-";

    public const string Description = "Files and folders in the place of the configured sources; - is standard input";

    private const int MaxInput = 16 * 1024 * 1024;

    private readonly List<string> _paths = [];
    private DirectoryInfo? _inputs;

    private GivenManifests()
    {
    }

    /// <summary>Whether nothing was named.</summary>
    public bool IsEmpty => _paths is [];

    /// <summary>With what was named as sources, each path one of its own; the same when nothing was.</summary>
    public AgentConfiguration In(AgentConfiguration configuration) => IsEmpty ? configuration : configuration with
    {
        Sources = [.. _paths.Select((path, i) => (SourceConfiguration)Source(path, i == 0 ? "path" : $"path-{i + 1}"))],
    };

    /// <exception cref="UserError">A path is not there, or standard input is too long.</exception>
    public static async Task<GivenManifests> OfAsync(string[]? paths, Stream stdin, CancellationToken cancellation)
    {
        paths ??= [];
        if (Array.Find(paths, path => path != StandardInput && !Path.Exists(path)) is { } missing)
            throw UserError.Invalid($"there is no file or folder {missing}");

        var given = new GivenManifests();
        try
        {
            foreach (var path in paths)
                given._paths.Add(await ReadStreamAsync(path, stdin, cancellation) is { } input ? await given.KeepAsync(input, cancellation) : Path.GetFullPath(path));
            return given;
        }
        catch
        {
            given.Dispose();
            throw;
        }
    }

    public void Dispose() => _inputs?.Delete(recursive: true);

    /// <summary>The folder whose files a manifest may name: the Git working tree that it lies in, as a source would deliver it; or its own folder.</summary>
    public static string RootOf(string file)
    {
        var own = Path.GetDirectoryName(Path.GetFullPath(file))!;
        for (var folder = own; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Path.Exists(Path.Combine(folder, ".git")))
                return folder;
        }

        return own;
    }

    /// <summary>The file's path in its root, with <c>/</c>.</summary>
    public static string PathIn(string root, string file) => Path.GetRelativePath(root, Path.GetFullPath(file)).Replace(Path.DirectorySeparatorChar, '/');

    /// <summary>
    /// What comes through standard input, or through a pipe such as the shell's <c>&lt;(…)</c>; null for files and folders. JSON is YAML, but
    /// as JSON its mistakes are explained better.
    /// </summary>
    /// <exception cref="UserError">It is too long.</exception>
    public static async Task<ManifestFile?> ReadStreamAsync(string path, Stream stdin, CancellationToken cancellation)
    {
        try
        {
            // Opening a pipe, and reading standard input, wait for the other end whatever becomes of the token; an interrupt must end the program all the same.
            var content = await Task.Run(() => ReadAllAsync(path, stdin, cancellation), cancellation).WaitAsync(cancellation);
            return content is null ? null : new(content.AsSpan().TrimStart(" \t\r\n"u8).StartsWith("{"u8) ? "stdin.json" : "stdin.yaml", content) { IsManifest = true };
        }
        catch (InputTooLargeException e)
        {
            throw UserError.Invalid(e.Message);
        }
    }

    private static async Task<byte[]?> ReadAllAsync(string path, Stream stdin, CancellationToken cancellation)
    {
        await using var pipe = OpenPipe(path);
        return (path == StandardInput ? stdin : pipe) is { } stream
            ? await BoundedStream.ReadAllAsync(stream, MaxInput, path == StandardInput ? "standard input" : path, cancellation, leaveOpen: true)
            : null;
    }

    // Once: who writes to a pipe is gone when it is closed. What can't be opened is reported by who reads it as a file.
    private static FileStream? OpenPipe(string path)
    {
        if (path == StandardInput || !File.Exists(path))
            return null;
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 1, useAsync: true);
            if (!file.CanSeek)
                return file;
            file.Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then reading it as a file fails in the same way, with a message.
        }

        return null;
    }

    // In a folder of its own, so that it names no other file.
    private async Task<string> KeepAsync(ManifestFile input, CancellationToken cancellation)
    {
        _inputs ??= Directory.CreateTempSubdirectory("edgeop-stdin-");
        var file = Path.Combine(_inputs.CreateSubdirectory($"{_paths.Count}").FullName, input.Path);
        await File.WriteAllBytesAsync(file, input.Content, cancellation);
        return file;
    }

    private static DirectorySourceConfiguration Source(string path, string name)
    {
        if (Directory.Exists(path))
            return new() { Name = name, Path = path };
        var root = RootOf(path);
        return new() { Name = name, Path = root, Manifest = PathIn(root, path) };
    }
}
