using System.Runtime.InteropServices;
using EdgeOperator.Cli;
using EdgeOperator.Cli.Machines;
using EdgeOperator.Cli.Machines.Windows;
using EdgeOperator.Cli.Output;
using EdgeOperator.Platform.Sqlite;

var line = OperatingSystem.IsLinux() ? Given.Arguments(args) : args;
if ((OperatingSystem.IsLinux() ? ExecFastPath.TryRun(line) : WindowsGuestExec.TryRun(line)) is { } ended)
    return ended;

NativeSqlite.Offer();

using var interrupted = new CancellationTokenSource();
using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);

return await new EdgeopCommand(Terminal.Standard()).RunAsync(line, interrupted.Token);

void Interrupt(PosixSignalContext signal)
{
    // A second one ends the process at once.
    signal.Cancel = !interrupted.IsCancellationRequested;
    interrupted.Cancel();
}
