using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>The files of one source, by their paths in it.</summary>
internal sealed class SourceFiles(IEnumerable<ManifestFile> files)
{
    private readonly Dictionary<string, ManifestFile> _files = Index(files);

    public const string RefusedFix = "correct it, or remove what refers to it";

    public ManifestFile? Find(string path) => _files.GetValueOrDefault(path);

    /// <summary>What can't be used and stands at a path, or in the place of a folder on the way to it; null when there is no such thing.</summary>
    public ManifestFile? RefusedAt(string path)
    {
        for (var end = path.Length; end > 0; end = path.LastIndexOf('/', end - 1))
        {
            if (Find(path[..end]) is { Refused: not null } refused)
                return refused;
        }
        return null;
    }

    /// <summary>The files below a folder (empty for the root), by path, with paths that count from there.</summary>
    public IEnumerable<ManifestFile> Below(string folder)
    {
        var prefix = folder.Length == 0 ? "" : folder + "/";
        return _files.Values
            .Where(f => f.Path.StartsWith(prefix, StringComparison.Ordinal))
            .OrderBy(f => f.Path, StringComparer.Ordinal)
            .Select(f => f with
            {
                Path = f.Path[prefix.Length..],

                // What a link leads to elsewhere goes along as a file.
                LinkedFrom = f.LinkedFrom?.StartsWith(prefix, StringComparison.Ordinal) == true ? f.LinkedFrom[prefix.Length..] : null,
            });
    }

    /// <summary>The only folder that looks like a function app; null when there is none or more than one.</summary>
    public string? AppFolder() => _files.Keys.Where(p => p.EndsWith("/host.json", StringComparison.Ordinal)).Take(2).ToArray() is [var only]
        ? only[..^"/host.json".Length]
        : null;

    /// <summary>The path in the source that a manifest means by <paramref name="reference"/>; null when it leads out of the source.</summary>
    /// <param name="manifest">The path of the manifest's own file.</param>
    public static string? Resolve(string manifest, string reference)
    {
        var path = new List<string>();
        if (!reference.StartsWith('/'))
            path.AddRange(manifest.Split('/')[..^1]);
        foreach (var part in reference.Split('/'))
        {
            if (part == ".." && path.Count == 0)
                return null;
            if (part == "..")
                path.RemoveAt(path.Count - 1);
            else if (part is not ("" or "."))
                path.Add(part);
        }
        return string.Join('/', path);
    }

    /// <summary>The file that a manifest means; null after a problem.</summary>
    public ManifestFile? Find(string manifest, ScalarNode reference, ProblemCollector problems)
    {
        if (Resolve(manifest, reference.Text) is not { } path)
        {
            problems.Add(reference.Where, $"the file {Quote.Short(reference.Text)} lies outside of the source", "move it into the source");
            return null;
        }
        if (RefusedAt(path) is { } refused)
        {
            problems.Add(reference.Where, $"{Quote.Short(refused.Path)} {refused.Refused}", RefusedFix);
            return null;
        }
        if (Find(path) is { } file)
            return file;
        var fix = Spelling.Closest(path, _files.Keys) is { } close ? $"did you mean `/{close}`?" : "commit the file, or correct the path; it counts from the manifest's folder, or with a leading `/` from the source's root";
        problems.Add(reference.Where, $"the source has no file {Quote.Short(path)}", fix);
        return null;
    }

    private static Dictionary<string, ManifestFile> Index(IEnumerable<ManifestFile> files)
    {
        var index = new Dictionary<string, ManifestFile>(StringComparer.Ordinal);
        foreach (var file in files)
            index[file.Path] = file;
        return index;
    }
}
