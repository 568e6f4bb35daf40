using System.Runtime.Versioning;
using System.Text.Json;
using EdgeOperator.Agent.Drivers;
using EdgeOperator.Core.Interop;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>A program in a guest, for whoever may ask the agent and may not see the machine's keys.</summary>
[SupportedOSPlatform("linux")]
internal static class GuestProcess
{
    private const string Root = "root";

    /// <inheritdoc cref="IMachineDriver.ExecAsync"/>
    public static Task<int> RunAsync(MachineFolder folder, ExecRequest request, ExecFrames client, CancellationToken cancellation)
    {
        var access = AccessOf(folder);
        var user = request.User ?? access.User;

        // ssh makes a path of it, and looks for options.
        if (!IsName(user))
            throw new ControlException("NotAUser", $"\"{user}\" can't be a user of the guest");

        // As root over the connection that the agent keeps. One that ssh kept for others would keep this one's errors open.
        string[] line =
        [
            "ssh", "-F", access.SshConfig, .. user == Root ? (string[])["-S", access.ControlSocket] : ["-o", "ControlMaster=no"], "-l", user, request.HasTerminal ? "-tt" : "-T",
            MachineAccess.HostAlias, "--", ShellWords.Join(request.Command),
        ];
        return request.HasTerminal ? AttachedProcess.RunInTerminalAsync(line, request.Size, client, cancellation) : AttachedProcess.RunAsync(line, request.HasInput, client, cancellation);
    }

    private static bool IsName(string user) => user.Length is > 0 and <= 32 && user[0] is not '-' && user.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    private static MachineAccess AccessOf(MachineFolder folder)
    {
        try
        {
            return MachineAccess.Parse(File.ReadAllBytes(Path.Combine(folder.Path, MachineAccess.FileName)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new ControlException(SerialConsole.NotRunning, $"{KindNames.VirtualMachine}/{folder.Name} can't be reached: {e.Message}");
        }
    }
}
