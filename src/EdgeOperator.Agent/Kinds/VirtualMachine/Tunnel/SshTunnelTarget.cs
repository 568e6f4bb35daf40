using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;

/// <summary>Where a guest is reached, and what may cross between host and guest.</summary>
/// <param name="Port">Leads to the guest's sshd.</param>
internal sealed record SshTunnelTarget(int Port)
{
    /// <summary>The host's address that has <see cref="Port"/>, or the guest's own.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>Whom commands run as when nobody is named.</summary>
    public string User { get; init; } = "root";

    public IReadOnlyCollection<SharedFolder> SharedFolders { get; init; } = [];

    public MachineInterop Interop { get; init; } = new();

    /// <summary>The socket of the guest's engine.</summary>
    public string Engine { get; init; } = "/run/docker.sock";

    /// <summary>Whether the guest may call any program of the host.</summary>
    public bool HasPrograms => Interop is { Enabled: true, Programs.IsEmpty: false };
}
