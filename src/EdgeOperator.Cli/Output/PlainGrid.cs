using System.Text;

namespace EdgeOperator.Cli.Output;

/// <summary>A grid for programs and files: aligned by spaces, at least two between columns, <c>-</c> for nothing.</summary>
internal static class PlainGrid
{
    public static string Render(Grid grid)
    {
        var lines = grid.Rows.Select(row => row.Select(c => c.Text.Length == 0 ? "-" : c.Text).ToArray()).ToList();
        if (grid.Columns.Count > 0)
            lines.Insert(0, [.. grid.Columns.Select(c => c.Name)]);

        var text = new StringBuilder();
        foreach (var line in lines)
        {
            for (var i = 0; i < line.Length - 1; i++)
                text.Append(line[i].PadRight(lines.Max(l => i < l.Length ? l[i].Length : 0) + 2));

            text.Append(line[^1]).Append('\n');
        }

        return text.ToString();
    }
}
