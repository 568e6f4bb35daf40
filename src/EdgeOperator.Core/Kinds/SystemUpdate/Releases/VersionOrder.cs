using EdgeOperator.Core.Versions;

namespace EdgeOperator.Core.Kinds.SystemUpdate.Releases;

/// <summary>By precedence; what is no version is below all that are.</summary>
internal sealed class VersionOrder : IComparer<string>
{
    public static VersionOrder Instance { get; } = new();

    public int Compare(string? x, string? y) => Comparer<SemanticVersion>.Default.Compare(Parse(x), Parse(y)) is var order and not 0 ? order : string.CompareOrdinal(x, y);

    private static SemanticVersion? Parse(string? text) => text is null ? null : SemanticVersion.Parse(text);
}
