using EdgeOperator.Cli.Output;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Cli.Views;

/// <summary>A plan, coloured by what each step does.</summary>
internal static class PlanView
{
    public static string Of(Plan plan, Printer printer)
    {
        var text = PlanText.Render(plan);
        return printer.HasColour ? string.Concat(text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Paint)) : text;
    }

    private static string Paint(string line) => line[0] switch
    {
        '+' => $"\e[32m{line}\e[0m\n",
        '-' or '!' => $"\e[31m{line}\e[0m\n",
        '~' => $"\e[33m{line}\e[0m\n",
        _ => $"{line}\n",
    };
}
