using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Cli;

/// <summary>Ends a verb with what the user is to know, a line a problem, and an exit code.</summary>
internal sealed class UserError(int exitCode, params ImmutableArray<string> lines) : Exception(string.Join('\n', lines))
{
    public int ExitCode { get; } = exitCode;

    public ImmutableArray<string> Lines { get; } = lines;

    /// <summary>The input is invalid: everything that is wrong with it, as <c>what (file:line:column): how to fix</c>.</summary>
    public static UserError Invalid(IEnumerable<Problem> problems) => new(Cli.ExitCode.InvalidInput, [.. problems.Select(p => p.ToString())]);

    public static UserError Invalid(string line) => new(Cli.ExitCode.InvalidInput, line);
}
