using System.Text;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;

/// <summary>Where the files of a machine's tunnel lie: in the machine's own folder, which only the agent's user may look into.</summary>
/// <param name="Machine">The machine's folder, absolute.</param>
internal sealed record SshTunnelFolder(string Machine)
{
    /// <summary>Path names of Unix sockets have at most 107 bytes on Linux, and ssh binds a control socket under a name that is 17 longer.</summary>
    private const int LongestControlSocket = 107 - 17;

    public string Name => System.IO.Path.GetFileName(Machine);

    /// <summary>That of the connection's process, too.</summary>
    public string Path => System.IO.Path.Combine(Machine, "bridge");

    public string Keys => System.IO.Path.Combine(Machine, "keys");

    /// <summary>What the command line needs to know of the machine; see <see cref="Core.Protocol.MachineAccess"/>.</summary>
    public string Access => System.IO.Path.Combine(Machine, "access.json");

    /// <summary>For <c>ssh -F</c>.</summary>
    public string Config => In("config");

    public string KnownHosts => In("known_hosts");

    /// <summary>The supervised connection's.</summary>
    public string ControlSocket => In("m");

    /// <summary>Leads to the engine in the guest.</summary>
    public string EngineSocket => In("engine.sock");

    /// <summary>Leads from the guest to <see cref="ReverseSshServer"/>.</summary>
    public string HostSocket => In("host.sock");

    /// <summary>The folder of the process that answers the guest's calls of host programs.</summary>
    public string ReverseSshServer => In("host");

    public string ReverseSshServerConfig => System.IO.Path.Combine(ReverseSshServer, "sshd_config");

    public string ReverseSshServerKeys => System.IO.Path.Combine(ReverseSshServer, "authorized_keys");

    /// <summary>Proves the host to the guest's sshd.</summary>
    public string ClientKey => System.IO.Path.Combine(Keys, "client");

    /// <summary>Proves the guest to the host.</summary>
    public string GuestKey => System.IO.Path.Combine(Keys, "guest");

    /// <summary>Proves the guest to the host, when the guest calls the host.</summary>
    public string CallerKey => System.IO.Path.Combine(Keys, "caller");

    /// <summary>Proves a user of the guest to the host, who may call what others may not.</summary>
    public string CallerKeyOf(string guestUser) => $"{CallerKey}+{guestUser}";

    /// <summary>Proves the host to the guest, when the guest calls the host.</summary>
    public string HostKey => System.IO.Path.Combine(Keys, "host");

    /// <summary>Why there can't be a tunnel in this folder; null when there can.</summary>
    public string? Problem =>
        Encoding.UTF8.GetByteCount(ControlSocket) > LongestControlSocket
            ? $"{ControlSocket} is too long a path for a socket: give the machine a shorter name, or the agent a shorter stateDirectory"
        : Machine.AsSpan().IndexOfAny("\":\\%\n") >= 0
            ? $"{Machine} has a character that ssh does not take in a path: give the agent a stateDirectory without quotes, colons, backslashes and percent signs"
        : null;

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
