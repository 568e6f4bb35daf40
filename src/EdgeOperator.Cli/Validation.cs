using System.Collections.Immutable;
using EdgeOperator.Agent.Sources;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Cli;

/// <summary>What is wrong with files and folders, without a device in mind.</summary>
/// <param name="Files">Manifest files that were read.</param>
/// <param name="Resources">Resources that are in order.</param>
/// <param name="Problems">By position.</param>
internal sealed record Validation(int Files, int Resources, ImmutableArray<Problem> Problems, ImmutableArray<Problem> Warnings)
{
    /// <summary>Variables that a device has to have a value for, by name.</summary>
    public ImmutableArray<string> Variables { get; init; } = [];

    private static readonly Validation Nothing = new(0, 0, [], []);

    /// <summary>
    /// Each path is taken as a source of its own; a file is read amidst its folder, whose files it may name. <c>-</c> is standard input.
    /// </summary>
    public static async Task<Validation> OfAsync(IEnumerable<string> paths, Stream stdin, TimeProvider time, CancellationToken cancellation)
    {
        var all = Nothing;
        foreach (var path in paths)
        {
            all = all.And(
                await GivenManifests.ReadStreamAsync(path, stdin, cancellation) is { } input ? Read([input], input.Path).As(input.Path, path)
                : File.Exists(path) ? await OfFileAsync(path, time, cancellation)
                : await OfFolderAsync(path, time, cancellation));
        }

        return all;
    }

    private static async Task<Validation> OfFolderAsync(string folder, TimeProvider time, CancellationToken cancellation) =>
        await ReadAsync(folder, time, cancellation) switch
        {
            FetchResult.Fetched { Artifact.Files: var files } => Read(files).Below(folder),
            FetchResult.Failed failed => Unreadable(folder, failed.Message),
            _ => Nothing,
        };

    private static async Task<Validation> OfFileAsync(string file, TimeProvider time, CancellationToken cancellation)
    {
        var root = GivenManifests.RootOf(file);
        var name = GivenManifests.PathIn(root, file);
        if (await ReadAsync(root, time, cancellation) is FetchResult.Fetched { Artifact.Files: var files } && files.Any(f => f.Path == name))
            return Read([.. files.Select(f => f.Path == name ? f with { IsManifest = true } : f)], name).As(name, file);

        try
        {
            return Read([new(name, await DirectorySource.ReadFileAsync(file, cancellation)) { IsManifest = true }], name).As(name, file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Unreadable(file, e.Message);
        }
    }

    private static Task<FetchResult> ReadAsync(string folder, TimeProvider time, CancellationToken cancellation) =>
        new DirectorySource(new() { Name = folder, Path = folder }, time).FetchAsync(new(Known: null), cancellation);

    /// <param name="only">The file that is asked for; null for all.</param>
    private static Validation Read(ImmutableArray<ManifestFile> files, string? only = null)
    {
        var result = ManifestReader.Read(RegisteredKinds.All.Manifests, "", [new("", files)], RenderContext.AnyDevice);
        return new(
            Of(result.Files, f => f).Length, Of(result.Origins, o => o.File).Length, Of(result.Problems, p => p.Where.File), Of(result.Warnings, p => p.Where.File))
        {
            Variables = result.OpenVariables,
        };

        ImmutableArray<T> Of<T>(ImmutableArray<T> items, Func<T, string> file) => only is null ? items : [.. items.Where(i => file(i) == only)];
    }

    private static Validation Unreadable(string path, string why) =>
        Nothing with { Problems = [new(new(path, 0, 0), $"it can't be read: {why}", "name a file or folder that exists and that you may read")] };

    private Validation And(Validation other) => new(
        Files + other.Files,
        Resources + other.Resources,
        [.. Problems.Concat(other.Problems).OrderBy(p => p.Where.File, StringComparer.Ordinal).ThenBy(p => p.Where.Line).ThenBy(p => p.Where.Column)],
        [.. Warnings, .. other.Warnings])
    {
        Variables = [.. Variables.Union(other.Variables).Order(StringComparer.Ordinal)],
    };

    private Validation Below(string folder) => folder is "." or "./" ? this : Renamed(file => Path.Join(folder, file));

    private Validation As(string name, string file) => Renamed(f => f == name ? file : f);

    private Validation Renamed(Func<string, string> rename)
    {
        return this with { Problems = [.. Problems.Select(Rename)], Warnings = [.. Warnings.Select(Rename)] };

        Problem Rename(Problem problem) => problem with { Where = problem.Where with { File = rename(problem.Where.File) } };
    }
}
