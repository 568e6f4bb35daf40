using Spectre.Console;
using Spectre.Console.Rendering;

namespace EdgeOperator.Cli.Output;

/// <summary>A grid for people.</summary>
internal static class RichGrid
{
    private const int BarWidth = 10;

    public static IRenderable Render(Grid grid)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = grid.Columns.Count > 0 };
        var width = Math.Max(grid.Columns.Count, grid.Rows.Select(r => r.Length).DefaultIfEmpty().Max());
        for (var i = 0; i < width; i++)
        {
            var header = i < grid.Columns.Count ? grid.Columns[i] : "";
            table.AddColumn(new TableColumn(new Text(header, new Style(decoration: Decoration.Bold))) { Padding = new(0, 0, 2, 0), NoWrap = i < width - 1 });
        }

        foreach (var row in grid.Rows)
            table.AddRow(row.Select(Render));

        return table;
    }

    private static IRenderable Render(Cell cell)
    {
        var text = new Paragraph();
        if (cell.Progress is { } progress)
        {
            var full = (int)(Math.Clamp(progress, 0, 1) * BarWidth);
            text.Append(new string('█', full), new Style(Color.Green)).Append(new string('░', BarWidth - full), new Style(Color.Grey)).Append(" ");
        }

        return text.Append(cell.Text, StyleOf(cell.Tone));
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
