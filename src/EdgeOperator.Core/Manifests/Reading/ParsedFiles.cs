namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>Files of one source that have been parsed, which is the same for every device. For one thread.</summary>
public sealed class ParsedFiles
{
    private readonly Dictionary<string, ParsedFile> _files = new(StringComparer.Ordinal);

    /// <param name="path">As messages have it.</param>
    internal ParsedFile Of(string path, Func<ParsedFile> parse)
    {
        if (!_files.TryGetValue(path, out var parsed))
            _files[path] = parsed = parse();
        return parsed;
    }
}

/// <summary>A file before its documents are looked into.</summary>
/// <param name="Path">In its source.</param>
/// <param name="IsNamed">Somebody has named it as a manifest.</param>
/// <param name="Problems">Those of its syntax.</param>
internal sealed record ParsedFile(string Path, bool IsNamed, ReadDocument[] Documents, ProblemCollector Problems);
