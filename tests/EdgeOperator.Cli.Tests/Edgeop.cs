using System.Text;
using EdgeOperator.Agent.Tests.LocalApi;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Tests;

/// <summary>What a run of <c>edgeop</c> printed and exited with.</summary>
internal sealed record Run(int ExitCode, string Out, string Error);

/// <summary>Runs <c>edgeop</c> in this process as a script would, or as a person at a terminal.</summary>
internal static class Edgeop
{
    public static Task<Run> RunAsync(params string[] arguments) => RunAsync(arguments, isTerminal: false);

    public static Task<Run> OnTerminalAsync(params string[] arguments) => RunAsync(arguments, isTerminal: true);

    /// <summary>On a terminal of so many columns.</summary>
    public static Task<Run> OnTerminalAsync(int width, params string[] arguments) => RunAsync(arguments, isTerminal: true, width: width);

    public static async Task<Run> RunAsync(
        string[] arguments, bool isTerminal, Func<string, string?>? variable = null, Stream? stdout = null, TimeProvider? time = null, int width = 120, string stdin = "", CancellationToken cancellation = default)
    {
        using var output = new MemoryStream();
        var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal
        {
            Stdin = new MemoryStream(Encoding.UTF8.GetBytes(stdin)),
            Stdout = stdout ?? output,
            Stderr = error,
            IsInteractive = isTerminal,
            ErrorIsInteractive = isTerminal,
            Width = () => width,
            Time = time ?? new Noon(),
            Variable = variable ?? (_ => null),
        };
        var code = await new EdgeopCommand(terminal).RunAsync(arguments, cancellation);
        return new(code, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    private sealed class Noon : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => CannedAgent.Noon;
    }
}
