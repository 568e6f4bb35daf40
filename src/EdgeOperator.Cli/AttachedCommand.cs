using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Cli.Output;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli;

/// <summary>A command that runs elsewhere, with this terminal's input and output.</summary>
internal static class AttachedCommand
{
    /// <returns>The command's exit code.</returns>
    public static async Task<int> RunAsync(Terminal terminal, ExecCall exec, ExecRequest request, CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var attached = request.HasTerminal && OperatingSystem.IsLinux() ? new AttachedTerminal(exec, terminal) : null;
        if (request.HasInput)
            _ = Task.Run(() => exec.CopyInputAsync(terminal.Keys, ended.Token), CancellationToken.None);
        try
        {
            return await exec.CopyOutputAsync(request.HasTerminal ? terminal.Unescaped : terminal.Bytes, terminal.ErrorBytes, cancellation);
        }
        finally
        {
            await ended.CancelAsync();
        }
    }
}
