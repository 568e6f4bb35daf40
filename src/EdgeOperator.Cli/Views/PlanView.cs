using EdgeOperator.Cli.Output;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Cli.Views;

/// <summary>A plan, coloured by what each step does.</summary>
internal static class PlanView
{
    public static void Print(Plan plan, PlanDetail detail, Printer printer)
    {
        foreach (var line in PlanText.Render(plan, detail).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            printer.PrintLine(line, ToneOf(line[0]));
    }

    private static Tone ToneOf(char sign) => sign switch
    {
        '+' => Tone.Good,
        '-' or '!' => Tone.Bad,
        '~' => Tone.Busy,
        _ => Tone.Plain,
    };
}
