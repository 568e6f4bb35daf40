namespace EdgeOperator.Core.Manifests.Nodes;

/// <summary>Quotes input in messages: one line, bounded.</summary>
internal static class Quote
{
    private const int Longest = 60;

    public static string Short(string text)
    {
        var cut = text.Length > Longest ? string.Concat(text.AsSpan(0, Longest), "…") : text;
        return $"`{string.Concat(cut.Select(c => char.IsControl(c) ? ' ' : c))}`";
    }
}
