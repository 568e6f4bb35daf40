namespace EdgeOperator.Benchmarks;

/// <summary>One part of the report: a table, and what was to be reached.</summary>
/// <param name="Verdict">The target and whether it was met, as a sentence.</param>
internal sealed record Section(string Title, string Method, string[] Columns, List<string[]> Rows, string Verdict)
{
    public override string ToString() =>
        $"""
        ### {Title}

        {Method}

        | {string.Join(" | ", Columns)} |
        |{string.Concat(Enumerable.Repeat("---|", Columns.Length))}
        {string.Join('\n', Rows.Select(row => $"| {string.Join(" | ", row)} |"))}

        {Verdict}

        """;

    public static string Milliseconds(double value) => value switch
    {
        < 1 => $"{value:0.000} ms",
        < 10 => $"{value:0.00} ms",
        < 100 => $"{value:0.0} ms",
        _ => $"{value:0} ms",
    };

    public static string Met(bool met) => met ? "met" : "**not met**";
}
