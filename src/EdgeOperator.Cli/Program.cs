using EdgeOperator.Cli;
using EdgeOperator.Cli.Machines;
using EdgeOperator.Cli.Machines.Windows;
using EdgeOperator.Cli.Output;
using EdgeOperator.Platform.Processes;
using EdgeOperator.Platform.Sqlite;

var line = OperatingSystem.IsLinux() ? Given.Arguments(args) : args;
if ((OperatingSystem.IsLinux() ? ExecFastPath.TryRun(line) : WindowsGuestExec.TryRun(line)) is { } ended)
    return ended;

NativeSqlite.Offer();

using var interrupted = new CancellationTokenSource();
using var signals = new ShutdownSignals(interrupted);

return await new EdgeopCommand(Terminal.Standard()).RunAsync(line, interrupted.Token);
