namespace EdgeOperator.Core.Manifests.Nodes;

/// <summary>What a manifest may cost to read; beyond any of these it is refused.</summary>
public static class Limits
{
    /// <summary>Bytes in a file.</summary>
    public const int FileSize = 4 * 1024 * 1024;

    /// <summary>Mappings and lists inside one another, with aliases followed.</summary>
    public const int Depth = 64;

    /// <summary>
    /// Values and keys in a file, with every alias counted as often as it is used. Long texts count once more for each
    /// 256 characters, so that repeating a long text costs as well.
    /// </summary>
    public const int Nodes = 100_000;

    internal static int CostOf(string text) => 1 + (text.Length / 256);
}
