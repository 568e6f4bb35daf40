using System.Net;
using System.Net.Sockets;
using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Cli.Hub;
using EdgeOperator.Cli.Output;
using EdgeOperator.Core.Text;

namespace EdgeOperator.Cli;

/// <summary>Tells what went wrong on standard error, a line a problem, and which exit code it makes.</summary>
internal sealed class ErrorLines(Terminal terminal, bool colour)
{
    private const int BrokenPipe = 32;

    public int Report(Exception exception, bool verbose)
    {
        switch (exception)
        {
            case UserError error:
                return Report(error.ExitCode, error.Lines);
            case AgentUnreachableException unreachable:
                return Report(ExitCode.AgentUnreachable, [$"{unreachable.Message}: {Advice(unreachable.InnerException)}"]);
            case AgentRefusedException refused:
                return Report(ExitCode.Failed, [refused.Message]);
            case HubRefusedException refused:
                return Report(refused.Status == HttpStatusCode.BadRequest ? ExitCode.InvalidInput : ExitCode.Failed, [refused.Message]);
            case OperationCanceledException:
                return Report(ExitCode.Failed, ["interrupted"]);
            case IOException { HResult: BrokenPipe }:
                return ExitCode.Done;
            case IOException or UnauthorizedAccessException:
                return Report(ExitCode.Failed, [verbose ? exception.ToString() : exception.Message]);
            default:
                return Report(ExitCode.Failed, [verbose ? exception.ToString() : $"unexpected {exception.GetType().Name}: {exception.Message} (-v shows where)"]);
        }
    }

    public void Report(IEnumerable<string> lines) => Write(lines, "error:", "\e[31m");

    public void Warn(IEnumerable<string> lines) => Write(lines, "warning:", "\e[33m");

    private int Report(int exitCode, IEnumerable<string> lines)
    {
        Report(lines);
        return exitCode;
    }

    private void Write(IEnumerable<string> lines, string label, string paint)
    {
        // A line break in what others say must not begin a line that could be taken for one of edgeop's.
        var isEscaped = terminal is { ErrorIsInteractive: true, IsRaw: false };
        foreach (var line in lines.Select(line => isEscaped ? line.ReplaceLineEndings("\n  ") : line))
        {
            if (colour)
                terminal.StyledError.Write($"{paint}{label}\e[0m ");

            terminal.Error.WriteLine(colour ? line : $"{label} {line}");
        }
    }

    private static string Advice(Exception? cause) => cause switch
    {
        SocketException { SocketErrorCode: SocketError.AccessDenied } => "run as root, or as a member of the group that the socket belongs to",
        IOException { InnerException: UnauthorizedAccessException } => "run as an administrator",
        _ => $"start it with {ServiceCommands.StartAgent} (or `edgeop agent`), or say where it listens with --socket",
    };
}
