using System.Collections.Immutable;

namespace EdgeOperator.Cli;

/// <summary>Ends a verb with a message for the user, a line a problem, and an exit code.</summary>
internal sealed partial class UserError(int exitCode, params ImmutableArray<string> lines) : Exception(string.Join('\n', lines))
{
    public int ExitCode { get; } = exitCode;

    public ImmutableArray<string> Lines { get; } = lines;

    public static UserError Invalid(string line) => new(Cli.ExitCode.InvalidInput, line);
}
