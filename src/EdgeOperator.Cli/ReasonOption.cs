using System.CommandLine;

namespace EdgeOperator.Cli;

/// <summary>Why an operator does something, for the device's events.</summary>
internal sealed class ReasonOption : Option<string?>
{
    public ReasonOption()
        : base("--reason")
    {
        Description = "Why, for the device's events and history";
        HelpName = "TEXT";
    }
}
