using Spectre.Console;
using Spectre.Console.Rendering;

namespace EdgeOperator.Cli.Output;

/// <summary>A grid for people, in lines no wider than their terminal.</summary>
internal static class RichGrid
{
    private const int BarWidth = 10;
    private const int Indent = 2;

    /// <param name="width">Of the terminal, in columns.</param>
    /// <param name="isWide">Identifiers are shown in full.</param>
    public static IRenderable Render(Grid grid, int width, bool isWide)
    {
        var columns = grid.Columns.Count > 0 ? grid.Columns : [new("", Rank: 0), new("", Rank: 1, Wraps: true)];
        var rows = grid.Rows.Select(row => row.Select((cell, i) => Drawn(cell, columns[i], isWide)).ToArray()).ToList();
        var layout = GridLayout.Of(
            columns, [.. columns.Select((c, i) => rows.Select(row => TextWrap.Width(row[i].Text)).Append(TextWrap.Width(c.Name)).Max())], width);

        var lines = new Paragraph();
        if (grid.Columns.Count > 0)
            Row(lines, [.. columns.Select(c => new Piece(c.Name, Tone.Strong))], layout);

        foreach (var row in rows)
        {
            Row(lines, row, layout);
            foreach (var i in layout.Below.Where(i => row[i].Text.Length > 0))
                Below(lines, columns[i], row[i], width);
        }

        return lines;
    }

    /// <summary>The text with a progress bar before it, where there is progress.</summary>
    private readonly record struct Piece(string Text, Tone Tone, int? Full = null);

    private static Piece Drawn(Cell cell, Column column, bool isWide)
    {
        var text = column.IsId && !isWide ? Identifiers.Abbreviate(cell.Text) : cell.Text;
        if (cell.Progress is not { } progress)
            return new(text, cell.Tone);

        var full = (int)(Math.Clamp(progress, 0, 1) * BarWidth);
        return new($"{new string('█', full)}{new string('░', BarWidth - full)} {text}", cell.Tone, full);
    }

    private static void Row(Paragraph lines, Piece[] row, GridLayout layout)
    {
        var cells = layout.Inline.Select((column, at) => TextWrap.Lines(row[column].Text, layout.Widths[at])).ToList();
        for (var line = 0; line < cells.Max(c => c.Count); line++)
        {
            // Nothing fills a line up behind its last text.
            var last = cells.FindLastIndex(c => line < c.Count && c[line].Length > 0);
            for (var at = 0; at <= last; at++)
            {
                var text = line < cells[at].Count ? cells[at][line] : "";
                Append(lines, text, row[layout.Inline[at]], line);
                if (at < last)
                    lines.Append(TextWrap.Fill(text, layout.Widths[at] + GridLayout.Gap));
            }

            lines.Append("\n");
        }
    }

    private static void Below(Paragraph lines, Column column, Piece piece, int width)
    {
        var label = column == Column.Message || column.Name.Length == 0 ? "" : $"{column.Name}: ";
        var indent = width >= GridLayout.LeastWrapped ? Indent : 0;
        var broken = TextWrap.Lines(label + piece.Text, Math.Max(2, width - indent));
        for (var line = 0; line < broken.Count; line++)
        {
            lines.Append(new string(' ', indent));
            if (line == 0 && broken[0].StartsWith(label, StringComparison.Ordinal))
            {
                lines.Append(label, StyleOf(Tone.Faint));
                Append(lines, broken[0][label.Length..], piece, line);
            }
            else
            {
                Append(lines, broken[line], piece, line + 1);
            }

            lines.Append("\n");
        }
    }

    private static void Append(Paragraph lines, string text, Piece piece, int line)
    {
        var bar = line == 0 && piece.Full is not null ? Math.Min(BarWidth, text.Length) : 0;
        var full = Math.Min(bar, piece.Full ?? 0);
        lines.Append(text[..full], StyleOf(Tone.Good));
        lines.Append(text[full..bar], StyleOf(Tone.Faint));
        lines.Append(text[bar..], StyleOf(piece.Tone));
    }

    private static Style StyleOf(Tone tone) => tone switch
    {
        Tone.Good => new(Color.Green),
        Tone.Busy => new(Color.Yellow),
        Tone.Bad => new(Color.Red),
        Tone.Faint => new(Color.Grey),
        Tone.Strong => new(decoration: Decoration.Bold),
        _ => Style.Plain,
    };
}
