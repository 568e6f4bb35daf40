namespace EdgeOperator.Cli.Output;

/// <summary>
/// How a grid's columns share a terminal's width. Pure. Columns whose text may be broken shrink, down to
/// <see cref="LeastWrapped"/>; when that is not enough, columns leave the row, the least important first, and stand on lines of
/// their own below it. So a narrow terminal loses nothing but the overview.
/// </summary>
/// <param name="Inline">Columns that share the row, by index, left to right.</param>
/// <param name="Widths">Their widths.</param>
/// <param name="Below">Columns below the row, by index.</param>
internal sealed record GridLayout(IReadOnlyList<int> Inline, IReadOnlyList<int> Widths, IReadOnlyList<int> Below)
{
    /// <summary>Columns between two cells.</summary>
    public const int Gap = 2;

    /// <summary>The narrowest that a broken text gets within a row.</summary>
    public const int LeastWrapped = 20;

    /// <param name="natural">Each column's widest cell, its header included.</param>
    public static GridLayout Of(IReadOnlyList<Column> columns, IReadOnlyList<int> natural, int width)
    {
        var inline = Enumerable.Range(0, columns.Count).ToList();
        while (true)
        {
            if (Shared(inline, columns, natural, width) is { } widths)
                return new(inline, widths, [.. Enumerable.Range(0, columns.Count).Except(inline)]);

            // The first column names the row and stays; where it alone is too wide, it is broken.
            if (inline.Count == 1)
                return new(inline, [Math.Max(2, width)], [.. Enumerable.Range(1, columns.Count - 1)]);

            inline.Remove(inline.Skip(1).MaxBy(i => (columns[i].Rank, i)));
        }
    }

    /// <summary>Widths with which the columns fit beside each other; null when they do not.</summary>
    private static int[]? Shared(List<int> inline, IReadOnlyList<Column> columns, IReadOnlyList<int> natural, int width)
    {
        var widths = inline.Select(i => columns[i].Wraps ? Math.Min(natural[i], LeastWrapped) : natural[i]).ToArray();
        var room = width - widths.Sum() - (Gap * (inline.Count - 1));
        if (room < 0)
            return null;

        foreach (var at in Enumerable.Range(0, inline.Count).OrderBy(at => columns[inline[at]].Rank))
        {
            var more = Math.Min(room, natural[inline[at]] - widths[at]);
            widths[at] += more;
            room -= more;
        }

        return widths;
    }
}
