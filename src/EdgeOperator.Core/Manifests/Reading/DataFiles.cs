using System.IO.Enumeration;
using System.Text.RegularExpressions;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>
/// Files and folders that manifests refer to, which so are data even when they look like manifests. A manifest never hides itself.
/// </summary>
internal sealed partial class DataFiles
{
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);

    /// <summary>Manifests that lie in the folder that they name.</summary>
    private readonly HashSet<string> _itself = new(StringComparer.Ordinal);

    /// <summary>Paths that depend on variables, which may be anything here.</summary>
    private readonly HashSet<string> _patterns = new(StringComparer.Ordinal);

    public static DataFiles Of(ManifestKinds kinds, IEnumerable<ReadDocument> documents)
    {
        var files = new DataFiles();
        foreach (var document in documents)
        {
            if ((document.Root as MapNode)?["spec"] is not MapNode spec || document.Kind is null || kinds.Find(document.Kind) is not { } kind)
                continue;
            foreach (var data in kind.DataOf(spec))
            {
                if (data.IsFolder)
                    files.AddFolder(document.File, data.Path);
                else
                    files.Add(document.File, data.Path);
            }
        }

        return files;
    }

    public bool Contains(string path) =>
        !_itself.Contains(path)
        && (_paths.Contains(path)
            || Parents(path).Any(_folders.Contains)
            || _patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, path, ignoreCase: false)));

    private void Add(string manifest, string reference)
    {
        var pattern = Variable().Replace(reference, "*");
        if (SourceFiles.Resolve(manifest, pattern) is { } path && path != manifest)
            (pattern == reference ? _paths : _patterns).Add(path);
    }

    private void AddFolder(string manifest, string reference)
    {
        var pattern = Variable().Replace(reference, "*");
        if (SourceFiles.Resolve(manifest, pattern) is not { } folder)
            return;
        if (pattern != reference)
            _patterns.Add(folder + "/*");
        else
            _folders.Add(folder);
        if (pattern != reference || Parents(manifest).Contains(folder))
            _itself.Add(manifest);
    }

    private static IEnumerable<string> Parents(string path)
    {
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
            yield return path[..slash];
        yield return "";
    }

    [GeneratedRegex(@"\$\{[^}]*\}")]
    private static partial Regex Variable();
}
