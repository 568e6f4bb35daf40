using EdgeOperator.Core.Interop;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Machines.Windows;

/// <summary>
/// Into a distribution of WSL by <c>wsl.exe</c>. With <c>--exec</c> it splits the rest of its command line by CommandLineToArgvW, so
/// that an argument arrives as it is; with <c>--</c> it gives that rest to the user's shell, which reads it once more. Source:
/// microsoft/WSL, src/windows/common/WslClient.cpp, WslMain.
/// </summary>
internal static class WslExec
{
    /// <param name="directory">The caller's, on the host.</param>
    /// <param name="variable">Of the host.</param>
    public static GuestProcess Of(GuestCall call, MachineAccess access, string directory, Func<string, string?> variable)
    {
        // By the same sh as in other guests: of its own options wsl.exe can't be told a path with a quote in it, and what can't be
        // run ends there with 1, as if it had run.
        var line = GuestCommand.Line(WorkingDirectory.InGuest(call.Directory, directory, access.Paths()), [], call.Command, mustEnter: call.Directory is not null);
        var shared = access.Interop ? WslEnv.Add(variable(WslEnv.Name), access.Env) : "";
        return new(access.Program ?? "wsl.exe", ["-d", access.Distribution!, "-u", GuestUser.Check(call.UserOf(access)), "--cd", "~", "--exec", "sh", "-c", line])
        {
            // wsl.exe's own errors must be readable in a pipe.
            Environment = [new(WslEnv.Name, shared.Length > 0 ? shared : null), new("WSL_UTF8", "1")],
        };
    }
}
