using System.CommandLine;

namespace EdgeOperator.Cli;

internal sealed class WarningsOption : Option<bool>
{
    public WarningsOption()
        : base("--warnings-as-errors") => Description = "Exit with 1 for warnings too";
}
