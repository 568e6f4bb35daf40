namespace EdgeOperator.Core.Kinds.EdgeModule;

/// <summary>The names of a module's containers: its own, and those of containers that stand beside the one that has it.</summary>
public static class ContainerNames
{
    private const string Next = ".next-";
    private const string Previous = ".prev-";
    private const string Ended = ".done-";

    /// <summary>Of a container that is created before it takes the place of another.</summary>
    /// <param name="suffix">Tells several of them apart.</param>
    public static string OfNext(string own, string suffix) => $"{own}{Next}{suffix}";

    /// <summary>Of a container that was replaced.</summary>
    /// <inheritdoc cref="OfNext"/>
    public static string OfPrevious(string own, string suffix) => $"{own}{Previous}{suffix}";

    /// <summary>Of a container that had run to its end before it was replaced: it is not to run again when it comes back.</summary>
    /// <inheritdoc cref="OfNext"/>
    public static string OfEnded(string own, string suffix) => $"{own}{Ended}{suffix}";

    public static bool IsPrevious(string name, string own) => name.StartsWith(own + Previous, StringComparison.Ordinal);

    /// <summary>The module's own name, from that of any of its containers.</summary>
    public static string Own(string name)
    {
        var end = new[] { Next, Previous, Ended }.Max(infix => name.LastIndexOf(infix, StringComparison.Ordinal));
        return end > 0 ? name[..end] : name;
    }
}
