namespace EdgeOperator.Core.Manifests.Nodes;

/// <summary>Quotes input in messages: one line, bounded.</summary>
internal static class Quote
{
    public static string Short(string text) => $"`{Cut(text, 60)}`";

    public static string Line(string text) => Cut(text, 200);

    private static string Cut(string text, int longest)
    {
        var end = longest < text.Length && char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest;
        var cut = text.Length > longest ? string.Concat(text.AsSpan(0, end), "…") : text;
        return string.Concat(cut.Select(c => char.IsControl(c) ? ' ' : c));
    }
}
