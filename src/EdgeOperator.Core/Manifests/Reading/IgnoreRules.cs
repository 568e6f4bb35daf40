using System.Collections.Immutable;
using System.Text;
using EdgeOperator.Core.Text;

namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>
/// The patterns of the <c>.edgeopignore</c> files of a source, in Git's syntax (gitignore(5)): what they match is no manifest, and
/// may still be referred to as data.
/// </summary>
internal sealed class IgnoreRules
{
    public const string FileName = ".edgeopignore";

    private const int MostPatterns = 1000;
    private const int LongestPattern = 1000;

    /// <summary>By the folder that they count from, with a slash at its end and empty for the root; those of a deeper folder decide first.</summary>
    private readonly ImmutableArray<(string Folder, IgnorePatterns Patterns)> _layers;

    private IgnoreRules(ImmutableArray<(string Folder, IgnorePatterns Patterns)> layers) => _layers = layers;

    public static IgnoreRules Of(IEnumerable<ManifestFile> files)
    {
        var layers = ImmutableArray.CreateBuilder<(string, IgnorePatterns)>();
        var rest = MostPatterns;
        foreach (var file in files.Where(file => file.Refused is null && (file.Path == FileName || file.Path.EndsWith("/" + FileName, StringComparison.Ordinal)))
            .OrderBy(file => file.Path.Count(c => c == '/')).ThenBy(file => file.Path, StringComparer.Ordinal))
        {
            var patterns = IgnorePatterns.Parse(Encoding.UTF8.GetString(file.Content.Span), rest, LongestPattern);
            rest -= patterns.Count;
            layers.Add((file.Path[..^FileName.Length], patterns));
        }

        layers.Reverse();
        return new(layers.ToImmutable());
    }

    /// <summary>Whether the file, or a folder that it lies in, is left out. What lies in such a folder can't be taken in again.</summary>
    public bool Matches(string path)
    {
        if (_layers.IsEmpty)
            return false;
        for (var end = path.IndexOf('/'); end >= 0; end = path.IndexOf('/', end + 1))
        {
            if (IsIgnored(path[..end], isFolder: true))
                return true;
        }

        return IsIgnored(path, isFolder: false);
    }

    private bool IsIgnored(string path, bool isFolder) =>
        _layers.Where(layer => path.StartsWith(layer.Folder, StringComparison.Ordinal))
            .Select(layer => layer.Patterns.Decide(path[layer.Folder.Length..], isFolder))
            .FirstOrDefault(decision => decision is not null) ?? false;
}
