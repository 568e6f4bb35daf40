using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;

/// <summary>What every way into a guest has in common: one key, one known host, nothing asked and nothing else passed on.</summary>
internal static class SshSettings
{
    /// <summary>Lines below a <c>Host</c>.</summary>
    public static string Of(string knownHosts, string key) => $"""
          HostKeyAlias {MachineAccess.HostAlias}
          UserKnownHostsFile "{knownHosts}"
          StrictHostKeyChecking yes
          CheckHostIP no
          UpdateHostKeys no
          IdentityFile "{key}"
          IdentitiesOnly yes
          IdentityAgent none
          PreferredAuthentications publickey
          BatchMode yes
          ForwardAgent no
          ForwardX11 no
          PermitLocalCommand no
          EscapeChar none
          Compression no
          ConnectTimeout 30
          ServerAliveInterval 5
          ServerAliveCountMax 6
          LogLevel ERROR

        """;
}
