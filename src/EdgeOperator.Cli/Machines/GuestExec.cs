using EdgeOperator.Cli.Machines.Windows;

namespace EdgeOperator.Cli.Machines;

/// <summary>A call between host and guest, with all that may be needed to reach the guest, and all that may be said when it can't be.</summary>
internal static class GuestExec
{
    /// <returns>The program's exit code.</returns>
    /// <exception cref="UserError">There is no such machine, its guest can't be reached, or the connection was lost.</exception>
    public static int Run(GuestCall call)
    {
        var access = AccessFile.Read(call.Machine, call.Config);
        if (access.IsOnWindows || !OperatingSystem.IsLinux())
            return WindowsGuestExec.Run(call, access);
        using var connection = Connection.Open(access, call.UserOf(access));
        return GuestSession.Run(call, access, connection);
    }
}
