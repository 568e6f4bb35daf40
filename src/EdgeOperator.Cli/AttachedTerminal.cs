using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Cli.Machines;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli;

/// <summary>For as long as it lives, keys go to a command as they are pressed, Ctrl-C too, and the command's terminal has this one's size.</summary>
[SupportedOSPlatform("linux")]
internal sealed class AttachedTerminal : IDisposable
{
    private const int Input = 0;

    private readonly RawTerminal? _raw = Native.IsTerminal(Input) ? new(Input) : null;
    private readonly PosixSignalRegistration _resized;

    public AttachedTerminal(ExecCall exec, Terminal terminal) =>
        _resized = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => exec.ResizeAsync(terminal.Size, CancellationToken.None));

    public void Dispose()
    {
        _resized.Dispose();
        _raw?.Dispose();
    }
}
