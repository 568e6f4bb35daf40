namespace EdgeOperator.Agent.Kinds.VirtualMachine.Eflow;

/// <summary>What the agent has in EFLOW's guest, whose root is read-only.</summary>
internal static class EflowGuest
{
    public const string User = "iotedge-user";

    /// <summary>The home is kept when the guest's image is updated.</summary>
    public const string Folder = "/home/iotedge-user/.edgeoperator";

    /// <summary>Begins a line with one of the keys by which the guest proves itself to ssh.</summary>
    public const string HostKey = "hostkey";

    /// <summary>Begins a line with a key that the agent has let in.</summary>
    public const string AdmittedKey = "admittedkey";

    private const string Restrictions = "restrict,pty";

    /// <summary>Prints the guest's keys, and those that the agent has let in.</summary>
    public static string HostKeysLine => string.Join("; ", (string[])
    [
        "h=$(cat /etc/ssh/ssh_host_*_key.pub 2>/dev/null) || h=$(ssh-keyscan 127.0.0.1 2>/dev/null | cut -d' ' -f2-)",
        $"printf '%s\\n' \"$h\" | sed -n 's/^[a-z]/{HostKey} &/p'",
        $"sed -n 's/^{Restrictions} /{AdmittedKey} /p' ~/.ssh/authorized_keys 2>/dev/null",
    ]);

    /// <summary>Lets a key in beside the one that EFLOW itself has. On a line of its own, for the last one may have no end.</summary>
    public static string AdmitLine(string key) => string.Join("; ", (string[])
    [
        $"k='{Restrictions} {key}'",
        "grep -qxF \"$k\" ~/.ssh/authorized_keys 2>/dev/null || { umask 077; mkdir -p ~/.ssh && printf '\\n%s\\n' \"$k\" >> ~/.ssh/authorized_keys; }",
    ]);
}
