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
        var given = new List<Given>();
        foreach (var path in paths)
        {
            given.Add(
                await GivenManifests.ReadStreamAsync(path, stdin, cancellation) is { } input ? new([input], elsewhere => Of([input], input.Path, elsewhere).As(input.Path, path))
                : File.Exists(path) ? await OfFileAsync(path, time, cancellation)
                : await OfFolderAsync(path, time, cancellation));
        }

        if (given is [var only])
            return only.Of([]);

        // A resource may depend on what another path delivers, as on a device with several sources.
        var defined = given.Select(one => one.Files is { } files ? Read(files, []).Defined : []).ToList();
        return given.Select((one, i) => one.Of([.. defined.Where((_, other) => other != i).SelectMany(ids => ids)])).Aggregate(Nothing, (all, one) => all.And(one));
    }

    private static async Task<Given> OfFolderAsync(string folder, TimeProvider time, CancellationToken cancellation) =>
        await ReadAsync(folder, time, cancellation) switch
        {
            FetchResult.Fetched { Artifact.Files: var files } => new(files, elsewhere => Of(files, only: null, elsewhere).Below(folder)),
            FetchResult.Failed failed => new(null, _ => Unreadable(folder, failed.Message)),
            _ => new(null, _ => Nothing),
        };

    private static async Task<Given> OfFileAsync(string file, TimeProvider time, CancellationToken cancellation)
    {
        var root = GivenManifests.RootOf(file);
        var name = GivenManifests.PathIn(root, file);
        if (await ReadAsync(root, time, cancellation) is FetchResult.Fetched { Artifact.Files: var files } && files.Any(f => f.Path == name))
        {
            ImmutableArray<ManifestFile> amidst = [.. files.Select(f => f.Path == name ? f with { IsManifest = true } : f)];
            return new(amidst, elsewhere => Of(amidst, name, elsewhere).As(name, file));
        }

        try
        {
            ImmutableArray<ManifestFile> alone = [new(name, await DirectorySource.ReadFileAsync(file, cancellation)) { IsManifest = true }];
            return new(alone, elsewhere => Of(alone, name, elsewhere).As(name, file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(null, _ => Unreadable(file, e.Message));
        }
    }

    private static Task<FetchResult> ReadAsync(string folder, TimeProvider time, CancellationToken cancellation) =>
        new DirectorySource(new() { Name = folder, Path = folder }, time).FetchAsync(new(Known: null), cancellation);

    /// <param name="only">The file that is asked for; null for all.</param>
    /// <param name="elsewhere">What other sources deliver.</param>
    private static Validation Of(ImmutableArray<ManifestFile> files, string? only, ImmutableHashSet<ResourceId> elsewhere)
    {
        var result = Read(files, elsewhere);
        return new(
            Of(result.Files, f => f).Length, Of(result.Origins, o => o.File).Length, Of(result.Problems, p => p.Where.File), Of(result.Warnings, p => p.Where.File))
        {
            Variables = result.OpenVariables,
        };

        ImmutableArray<T> Of<T>(ImmutableArray<T> items, Func<T, string> file) => only is null ? items : [.. items.Where(i => file(i) == only)];
    }

    private static ReadResult Read(ImmutableArray<ManifestFile> files, ImmutableHashSet<ResourceId> elsewhere) =>
        ManifestReader.Read(RegisteredKinds.All.Manifests, "", [new("", files)], RenderContext.AnyDevice with { Elsewhere = elsewhere });

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

    /// <summary>A path that was given: its files, if they could be read, and how to judge them.</summary>
    private sealed record Given(ImmutableArray<ManifestFile>? Files, Func<ImmutableHashSet<ResourceId>, Validation> Of);
}
