namespace EdgeOperator.Core.Manifests.Nodes;

/// <summary>Keeps a file within <see cref="Limits"/> while it is read.</summary>
internal sealed class NodeBudget
{
    private int _left = Limits.Nodes;

    /// <exception cref="UnreadableException">The file holds too much.</exception>
    public void Spend(int cost, Position where)
    {
        _left -= cost;
        if (_left < 0)
            throw new UnreadableException(where, $"the file holds more than {Limits.Nodes} values, aliases followed", "split the file, or use fewer aliases");
    }

    /// <param name="depth">The mappings and lists around a place, and those that will be there.</param>
    /// <exception cref="UnreadableException">That is too deep.</exception>
    public static void CheckDepth(int depth, Position where)
    {
        if (depth > Limits.Depth)
            throw new UnreadableException(where, $"values nest more than {Limits.Depth} levels deep", "flatten the structure");
    }
}
