using EdgeOperator.Cli.Output;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Cli.Tests.Output;

/// <summary>Any table on any terminal: no line is wider than the terminal, and nothing is lost.</summary>
public sealed class GridWidthTests
{
    private static readonly Gen<string> Names =
        Gen.Elements("web", "EdgeModule/SimulatedTemperatureSensor", "größe", "温度センサー", "registry.local:5000/a/very/long/path/of/an/image:1.2.3", "😀", "x", "-")
            .NonEmptyListOf().Select(parts => string.Join('-', parts));

    private static readonly Gen<string> Sentences = Names.ListOf().Select(words => string.Join(' ', words));

    private static readonly Gen<(int Width, bool IsWide, string[][] Rows)> Tables =
        from width in Gen.Elements(20, 40, 60, 80, 120, 200)
        from isWide in Gen.Elements(true, false)
        from rows in Row().NonEmptyListOf()
        select (width, isWide, rows.ToArray());

    [Fact]
    public void No_line_is_wider_than_the_terminal() => Prop.ForAll(Tables.ToArbitrary(), table =>
        Render(table.Width, table.IsWide, table.Rows).Split('\n').All(line => TextWrap.Width(line) <= table.Width)).QuickCheckThrowOnFailure();

    [Fact]
    public void No_character_is_lost() => Prop.ForAll(Tables.ToArbitrary(), table =>
        table.Rows.SelectMany(r => r).All(cell => Contains(Render(table.Width, table.IsWide, table.Rows), cell))).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Even_an_absurdly_narrow_terminal_gets_every_row(int width)
    {
        var text = Render(width, isWide: false, [["EdgeModule/web", "True", "running", "nginx", "as desired"]]);

        string.Concat(text.Where(c => !char.IsWhiteSpace(c))).Should().Contain("EdgeModule/web").And.Contain("asdesired");
    }

    [Fact]
    public void A_message_is_never_broken_into_fewer_than_twenty_columns() => Prop.ForAll(Tables.ToArbitrary(), table =>
    {
        Column[] columns = Columns();
        int[] natural = [.. columns.Select((c, i) => table.Rows.Select(r => TextWrap.Width(new Cell(r[i]).Text)).Append(c.Name.Length).Max())];
        var layout = GridLayout.Of(columns, natural, table.Width);
        return layout.Inline.Zip(layout.Widths).All(c => c.First == 0 || c.Second >= Math.Min(natural[c.First], GridLayout.LeastWrapped));
    }).QuickCheckThrowOnFailure();

    private static Gen<string[]> Row() =>
        from name in Names
        from ready in Gen.Elements("True", "False", "Unknown")
        from state in Names
        from what in Names
        from message in Sentences
        select new[] { name, ready, state, what, message };

    private static Column[] Columns() => ["RESOURCE", new("READY", 1), new("STATE", 2), new("WHAT", 5, Wraps: true), Column.Message];

    private static string Render(int width, bool isWide, string[][] rows)
    {
        var grid = new Grid(Columns());
        foreach (var row in rows)
            grid.Add([.. row.Select(c => (Cell)c)]);

        using var output = new MemoryStream();
        var terminal = new Terminal { Stdout = output, Stderr = TextWriter.Null, IsInteractive = true, Width = () => width };
        new Printer(terminal, isWide ? Format.Wide : Format.Table, noColour: true).Print(grid);
        return System.Text.Encoding.UTF8.GetString(output.ToArray());
    }

    /// <summary>A cell may be broken into lines that other cells stand beside: each of its characters is there, in its order.</summary>
    private static bool Contains(string text, string cell)
    {
        var at = 0;
        foreach (var c in cell.Where(c => c != ' '))
        {
            at = text.IndexOf(c, at);
            if (at++ < 0)
                return false;
        }

        return true;
    }
}
