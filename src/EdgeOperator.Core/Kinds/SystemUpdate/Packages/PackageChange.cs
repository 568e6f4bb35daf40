namespace EdgeOperator.Core.Kinds.SystemUpdate.Packages;

/// <summary>What a transaction does with one package.</summary>
/// <param name="From">The version that is installed; null when none is.</param>
/// <param name="To">The version afterwards; null when it is removed.</param>
public sealed record PackageChange(string Name, string? From, string? To)
{
    public bool IsDowngrade => From is not null && To is not null && DebianVersion.Compare(To, From) < 0;

    public override string ToString() => (From, To) switch
    {
        (null, _) => $"{Name} {To} (new)",
        (_, null) => $"{Name} {From} (removed)",
        _ => $"{Name} {From}→{To}",
    };
}
