using System.Text;
using EdgeOperator.Agent.Storage;

namespace EdgeOperator.Agent.Tests.Sources;

internal static class ArtifactText
{
    /// <summary>An artifact's files in a form that can be compared.</summary>
    public static (string Path, string Content)[] Texts(this Artifact artifact) =>
        [.. artifact.Files.Select(f => (f.Path, Encoding.UTF8.GetString(f.Content.Span)))];
}
