using System.Runtime.Versioning;
using EdgeOperator.Cli.Machines;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli;

/// <summary>
/// Calls of users who may not see the machines' keys, which are root's, but may talk to the agent, as members of <c>api.group</c> may: the agent runs them.
/// </summary>
internal static class AgentExec
{
    private const string Shell = "exec \"${SHELL:-/bin/sh}\" -l";

    /// <summary>Whether a call takes that way.</summary>
    public static bool Applies(GuestCall call)
    {
        if (!OperatingSystem.IsLinux() || Environment.IsPrivilegedProcess)
            return false;
        try
        {
            AccessFile.Read(call.Machine, call.Config);
            return false;
        }
        catch (UserError)
        {
            return true;
        }
    }

    /// <returns>The program's exit code.</returns>
    /// <exception cref="UserError">The agent does not let this user ask, or does not answer.</exception>
    [SupportedOSPlatform("linux")]
    public static async Task<int> RunAsync(Call call, GuestCall guest, CancellationToken cancellation)
    {
        if (guest.KeepsRunning)
            throw UserError.Invalid("--nohup takes the rights of the agent's user: the agent, which runs this for you, ends the program with this command");
        var request = new ExecRequest(Command(guest))
        {
            User = guest.User,
            HasInput = true,
            HasTerminal = call.Terminal is { HasKeyboard: true, IsInteractive: true },
            Size = call.Terminal.Size,
        };
        using var agent = call.Agent();
        using var exec = await agent.ExecAsync(new(KindNames.VirtualMachine, guest.Machine), request, cancellation);
        return await AttachedCommand.RunAsync(call.Terminal, exec, request, cancellation);
    }

    // ssh begins in the user's home. 126 is what a folder that can't be entered ends with, whoever asks.
    private static string[] Command(GuestCall guest)
    {
        string[] command = guest.Command.IsEmpty ? ["sh", "-c", Shell] : [.. guest.Command];
        return guest.Directory is null or "~" ? command : ["sh", "-c", "cd -- \"$1\" || exit 126; shift; exec \"$@\"", "sh", guest.Directory, .. command];
    }
}
