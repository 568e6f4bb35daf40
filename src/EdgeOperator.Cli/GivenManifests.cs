using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Cli;

/// <summary>Files and folders that are named on the command line in the place of the configured sources; <c>-</c> is standard input.</summary>
internal sealed class GivenManifests : IDisposable
{
    public const string StandardInput = "-";

    public const string Description = "Files and folders in the place of the configured sources; - is standard input";

    private const long MaxInput = 16 * 1024 * 1024;

    private readonly DirectoryInfo? _input;
    private readonly ImmutableArray<string> _paths;

    private GivenManifests(ImmutableArray<string> paths, DirectoryInfo? input) => (_paths, _input) = (paths, input);

    /// <summary>Whether nothing was named.</summary>
    public bool IsEmpty => _paths.IsEmpty;

    /// <summary>With what was named as sources, each path one of its own; the same when nothing was.</summary>
    public AgentConfiguration In(AgentConfiguration configuration) => _paths.IsEmpty ? configuration : configuration with
    {
        Sources = [.. _paths.Select((path, i) => (SourceConfiguration)Source(path, i == 0 ? "path" : $"path-{i + 1}"))],
    };

    /// <exception cref="UserError">A path is not there, or standard input is too long.</exception>
    public static async Task<GivenManifests> OfAsync(string[]? paths, Stream stdin, CancellationToken cancellation)
    {
        paths ??= [];
        if (Array.Find(paths, path => path != StandardInput && !Path.Exists(path)) is { } missing)
            throw UserError.Invalid($"there is no file or folder {missing}");
        if (!paths.Contains(StandardInput))
            return new([.. paths.Select(Path.GetFullPath)], input: null);

        var folder = Directory.CreateTempSubdirectory("edgeop-stdin-");
        try
        {
            var input = await ReadInputAsync(stdin, cancellation);
            var file = Path.Combine(folder.FullName, input.Path);
            await File.WriteAllBytesAsync(file, input.Content, cancellation);
            return new([.. paths.Select(path => path == StandardInput ? file : Path.GetFullPath(path))], folder);
        }
        catch
        {
            folder.Delete(recursive: true);
            throw;
        }
    }

    public void Dispose() => _input?.Delete(recursive: true);

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

    /// <summary>Standard input as a file; JSON is YAML, but as JSON its mistakes are explained better.</summary>
    /// <exception cref="UserError">It is too long.</exception>
    public static async Task<ManifestFile> ReadInputAsync(Stream stdin, CancellationToken cancellation)
    {
        var content = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await stdin.ReadAsync(buffer, cancellation) is var count and > 0)
        {
            content.Write(buffer, 0, count);
            if (content.Length > MaxInput)
                throw UserError.Invalid($"standard input has more than {MaxInput >> 20} MiB");
        }

        var bytes = content.ToArray();
        return new(bytes.AsSpan().TrimStart(" \t\r\n"u8).StartsWith("{"u8) ? "stdin.json" : "stdin.yaml", bytes) { IsManifest = true };
    }

    private static DirectorySourceConfiguration Source(string path, string name)
    {
        if (Directory.Exists(path))
            return new() { Name = name, Path = path };
        var root = RootOf(path);
        return new() { Name = name, Path = root, Manifest = PathIn(root, path) };
    }
}
