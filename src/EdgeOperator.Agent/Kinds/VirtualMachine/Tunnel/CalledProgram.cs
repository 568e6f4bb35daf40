using System.Collections.Immutable;
using System.Runtime.Versioning;
using System.Text.Json;
using EdgeOperator.Core.Interop;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Platform.Files;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;

/// <summary>
/// A program of the host that a guest calls. Whatever the guest says is checked here, by what the agent has written of the machine:
/// sshd runs nothing else for it.
/// </summary>
[SupportedOSPlatform("linux")]
public static class CalledProgram
{
    /// <summary>In its environment: the user of the guest whose own key was taken; not there for the key that all of them have.</summary>
    public const string UserVariable = "EDGEOP_GUEST_USER";

    private const int Refused = 126;
    private const int NotFound = 127;

    /// <summary>
    /// The shell waits for the program, so that its exit code is known even when a signal has ended it (128 and more), which ssh
    /// does not tell; what that shell itself might say of it is not shown.
    /// </summary>
    private static readonly ImmutableArray<string> Shell =
        ["/bin/sh", "-c", "trap : HUP INT QUIT; exec 9>&2 2>/dev/null; ( exec 2>&9 9>&-; exec \"$@\" ); exit $?", "sh"];

    /// <summary>Makes this process the program; returns only when it can't, and then an exit code as shells have them.</summary>
    /// <param name="machine">The machine's folder.</param>
    /// <param name="guestUser"><see cref="UserVariable"/>; null when it is not there.</param>
    /// <param name="line">What the guest asks for: sshd's variable <c>SSH_ORIGINAL_COMMAND</c>.</param>
    /// <param name="variables">The guest's: <see cref="HostCall.PassedName"/>.</param>
    /// <param name="refusal">Why not, for the guest to see.</param>
    public static int Exec(string machine, string? guestUser, string? line, string? variables, out string refusal)
    {
        try
        {
            return Exec(Read(machine), guestUser, line, variables, out refusal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            refusal = $"the host can't run it: {e.Message}";
            return Refused;
        }
    }

    private static int Exec(MachineAccess machine, string? guestUser, string? line, string? variables, out string refusal)
    {
        if (!machine.Interop || line is null || HostCall.TryParse(line, variables) is not { } call)
        {
            refusal = machine.Interop ? "the host runs single programs only" : $"interop is off for {KindNames.VirtualMachine}/{machine.Name}";
            return Refused;
        }

        var paths = machine.Paths();
        if (HostPrograms.Find(call.Program, machine.Programs) is not { } allowed || !File.Exists(allowed.Path))
        {
            refusal = $"{call.Program}: {(HostPrograms.Find(call.Program, machine.Programs) is null ? $"not among interop.programs of {KindNames.VirtualMachine}/{machine.Name}" : "the host does not have it any more")}";
            return NotFound;
        }

        var (name, program) = allowed;
        if (machine.GuestUsers.TryGetValue(name, out var users) && (guestUser is null || !users.Contains(guestUser)))
        {
            refusal = $"{call.Program}: this user is not among interop.guestUsers.{name} of {KindNames.VirtualMachine}/{machine.Name}";
            return Refused;
        }

        var user = UserOf(machine);
        Environment.CurrentDirectory = HostFolder.Choose(call, machine.SharedFolders, paths);
        string[] command = [.. Prefix(user), .. Shell, program, .. call.Arguments];
        Posix.Exec(command[0], command.Select(PosixText.Encode), EnvironmentOf(call, machine, paths, user).Select(PosixText.Encode));
        refusal = "";
        return Refused;
    }

    private static IEnumerable<string> Prefix(ProcessUser? user) => user is null ? [] : [Ssh.Find(user.Prefix[0]), .. user.Prefix[1..]];

    private static MachineAccess Read(string machine) =>
        MachineAccess.Parse(File.ReadAllBytes(Path.Combine(machine, MachineAccess.FileName)));

    private static ProcessUser? UserOf(MachineAccess machine)
    {
        if (machine.HostUser is not { } name)
            return null;
        var owner = Accounts.Resolve(name, out var unknown);
        if (unknown is not null || owner.User is not { } id)
            throw new IOException($"interop.user of {KindNames.VirtualMachine}/{machine.Name}: {unknown ?? "no user"}");
        var own = Accounts.GroupOf(id);
        return new(id, owner.Group ?? own ?? id, IsKnown: own is not null);
    }

    /// <summary>
    /// Of the guest's variables those alone that the manifest shares: a guest that could choose would have the host's programs load
    /// its own code (LD_PRELOAD). Its WSLENV may change how they cross.
    /// </summary>
    private static IEnumerable<string> EnvironmentOf(HostCall call, MachineAccess machine, PathMap paths, ProcessUser? user)
    {
        var shared = machine.Env.Select(NameOf).ToHashSet(StringComparer.Ordinal);
        var asked = (call.Variables.GetValueOrDefault(WslEnv.Name) ?? "").Split(':').Where(entry => shared.Contains(NameOf(entry)));
        var list = WslEnv.Add(string.Join(':', machine.Env), asked);

        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            ["LANG"] = "C.UTF-8",
        };
        foreach (var name in (string[])["HOME", "USER", "LOGNAME", "SHELL", "TERM", "TZ"])
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
                variables[name] = value;
        }

        if (user is not null && Accounts.Find(user.User) is var (userName, home, shell))
            (variables["HOME"], variables["USER"], variables["LOGNAME"], variables["SHELL"]) = (home, userName, userName, shell);
        foreach (var (name, value) in WslEnv.ToHost(name => name == WslEnv.Name ? list : call.Variables.GetValueOrDefault(name), paths, call.Directory))
            variables[name] = value;
        return variables.Select(v => $"{v.Key}={v.Value}");
    }

    private static string NameOf(string entry) => entry.Split('/')[0];
}
