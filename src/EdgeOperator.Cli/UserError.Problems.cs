using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Cli;

internal sealed partial class UserError
{
    /// <summary>The input is invalid: everything that is wrong with it, as <c>what (file:line:column): how to fix</c>.</summary>
    public static UserError Invalid(IEnumerable<Problem> problems) => new(Cli.ExitCode.InvalidInput, [.. problems.Select(p => p.ToString())]);
}
