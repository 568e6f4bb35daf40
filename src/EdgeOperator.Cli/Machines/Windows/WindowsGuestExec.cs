using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Machines.Windows;

/// <summary>Calls into the machines of Windows, each by the program that Windows has for it.</summary>
internal static class WindowsGuestExec
{
    /// <summary>Before the command line is built: what follows the machine's name is not edgeop's to understand.</summary>
    /// <returns>The exit code; null for every other verb.</returns>
    public static int? TryRun(string[] line) =>
        GuestCall.TryRead(line) is { } call ? PlainErrors.Report(() => GuestExec.Run(call), Console.Error.WriteLine) : null;

    /// <returns>The program's exit code.</returns>
    /// <exception cref="UserError">What leads into the guest can't be started.</exception>
    public static int Run(GuestCall call, MachineAccess access)
    {
        var (directory, variable) = (Environment.CurrentDirectory, (Func<string, string?>)Environment.GetEnvironmentVariable);
        var process = access.Distribution is null
            ? EflowExec.Of(call, access, Guid.NewGuid().ToString("N"), directory, variable, !Console.IsInputRedirected && !Console.IsOutputRedirected)
            : WslExec.Of(call, access, directory, variable);
        return process.Run();
    }
}
