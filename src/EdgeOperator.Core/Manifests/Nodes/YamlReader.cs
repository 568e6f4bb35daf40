using System.Collections.Immutable;

namespace EdgeOperator.Core.Manifests.Nodes;

/// <summary>
/// Reads YAML into nodes: any number of documents, anchors, aliases and merge keys. Scalars are typed as
/// <see cref="PlainScalar"/> says; quoted and block scalars are strings. Any bytes give nodes or problems, never an
/// exception.
/// </summary>
public static class YamlReader
{
    /// <returns>The documents up to the first problem that ends the reading; empty documents are left out.</returns>
    public static ImmutableArray<Node> Read(ManifestFile file, ProblemCollector problems)
    {
        var documents = ImmutableArray.CreateBuilder<Node>();
        try
        {
            var events = new YamlEvents(file.Path, ManifestText.Characters(file));
            new YamlTree(events, problems).ReadAll(documents);
        }
        catch (UnreadableException e)
        {
            problems.Add(e.Problem);
        }
        return documents.ToImmutable();
    }
}
