namespace EdgeOperator.Core.Versions;

internal enum Comparison
{
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// <summary>One comparison with a version.</summary>
internal readonly record struct VersionBound(Comparison Comparison, SemanticVersion Version)
{
    public bool Admits(SemanticVersion candidate)
    {
        var order = candidate.CompareTo(Version);
        return Comparison switch
        {
            Comparison.Equal => order == 0,
            Comparison.Less => order < 0,
            Comparison.LessOrEqual => order <= 0,
            Comparison.Greater => order > 0,
            _ => order >= 0,
        };
    }
}
