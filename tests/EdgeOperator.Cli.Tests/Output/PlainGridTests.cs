using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Tests.Output;

public sealed class PlainGridTests
{
    [Fact]
    public void Columns_are_aligned_and_nothing_is_a_dash()
    {
        var grid = new Grid("A", "LONGER", "C");
        grid.Add("1", "2", "3");
        grid.Add("four", "", "");

        PlainGrid.Render(grid).Should().Be("""
            A     LONGER  C
            1     2       3
            four  -       -

            """);
    }

    [Fact]
    public void Control_characters_do_not_get_out()
    {
        var grid = new Grid();
        grid.Add("a\nb", "c\e[31md\t");

        PlainGrid.Render(grid).Should().Be("a b  c^[[31md \n");
    }
}
