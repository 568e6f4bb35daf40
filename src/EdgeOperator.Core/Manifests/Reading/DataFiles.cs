using System.IO.Enumeration;
using System.Text.RegularExpressions;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>Files that ConfigFiles name as their <c>source</c>, and that so are data even when they look like manifests.</summary>
internal sealed partial class DataFiles
{
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    /// <summary>Paths that depend on variables, which may be anything here.</summary>
    private readonly HashSet<string> _patterns = new(StringComparer.Ordinal);

    public static DataFiles Of(IEnumerable<ReadDocument> documents)
    {
        var files = new DataFiles();
        foreach (var document in documents)
            if (document.Kind == Kinds.ConfigFile && document.Root is MapNode map && (map["spec"] as MapNode)?["source"] is ScalarNode source)
                files.Add(document.File, source.Text);
        return files;
    }

    public bool Contains(string path) =>
        _paths.Contains(path) || _patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, path, ignoreCase: false));

    private void Add(string manifest, string reference)
    {
        var pattern = Variable().Replace(reference, "*");
        if (SourceFiles.Resolve(manifest, pattern) is { } path && path != manifest)
            (pattern == reference ? _paths : _patterns).Add(path);
    }

    [GeneratedRegex(@"\$\{[^}]*\}")]
    private static partial Regex Variable();
}
