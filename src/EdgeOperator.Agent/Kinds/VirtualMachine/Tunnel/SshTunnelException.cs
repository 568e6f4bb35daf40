namespace EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;

/// <summary>The guest can't be reached, or there can be no tunnel to it; the message says why, and what to do where something can be done.</summary>
internal sealed class SshTunnelException(string message, Exception? cause = null) : IOException(message, cause);
