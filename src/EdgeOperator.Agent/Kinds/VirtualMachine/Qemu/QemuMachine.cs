using System.Runtime.Versioning;
using EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>
/// All that the agent keeps in memory of one machine and holds open to it. It begins with the first observation or step and ends, by
/// <see cref="QemuMachines.FollowAsync"/>, with the first observation that finds nothing left of the machine. Processes and files are
/// not its own: they outlive it, as they outlive the agent.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class QemuMachine : IAsyncDisposable
{
    private readonly ProcessSupervisor _supervisor;
    private readonly Action<string> _changed;
    private readonly TimeProvider _time;
    private volatile string? _exitReason;
    private volatile LastPass? _last;

    /// <param name="changed">Called with the reason whenever a pass may be due.</param>
    public QemuMachine(MachineFolder folder, QemuHost host, Action<string> changed)
    {
        (Folder, _supervisor, _changed, _time) = (folder, host.Supervisor, changed, host.Time);
        Monitor = new(folder, OnEvent, host.Supervisor, host.IsReadOnly);
        Tunnel = new(folder.Path, host.Supervisor, host.Edgeop, host.Time);
        Disks = new(folder, host.DiskTool);
        Report = new(Tunnel, host.Time);
        Seed = new(folder, Tunnel);
        Boot = new(folder, host.Time);
    }

    public MachineFolder Folder { get; }

    public string Name => Folder.Name;

    public QemuMonitor Monitor { get; }

    public SshTunnel Tunnel { get; }

    public MachineDisks Disks { get; }

    public GuestReportCache Report { get; }

    public GuestSeed Seed { get; }

    public BootProgress Boot { get; }

    public HostWait Wait { get; } = new();

    /// <summary>QEMU's process; null when it does not run.</summary>
    public ProcessIdentity? Process => _supervisor.Find(Folder.Path);

    /// <summary>Why the machine ended on its own account, as QEMU or its process said; null when neither did.</summary>
    public string? ExitReason => string.Join("; ", new[] { _exitReason, _supervisor.ExitReasonOf(Folder.Path) }.OfType<string>()) is { Length: > 0 } reason ? reason : null;

    /// <summary>The machine in the last pass; null before the first one.</summary>
    public LastPass? Last
    {
        get => _last;
        set => _last = value;
    }

    /// <summary>When the guest last rebooted by itself, by the steady clock's timestamps; null when it has not since the agent began.</summary>
    public long? ResetAt { get; private set; }

    /// <summary>Whether commands could be run in the guest at the last poll.</summary>
    public bool WasReachable { get; set; }

    /// <summary>It is started again: why it ended before is of no interest.</summary>
    public void ForgetExit() => _exitReason = null;

    public ValueTask DisposeAsync() => Monitor.DisposeAsync();

    private void OnEvent(QmpEvent happened)
    {
        _exitReason = QmpEventText.ExitReasonOf(happened) ?? _exitReason;
        if (happened.Name == QmpEventText.Reset)
            ResetAt = _time.GetTimestamp();
        if (happened.Name == QmpEventText.NetworkUp)
            Tunnel.Expect();
        if (QmpEventText.ChangeOf(happened) is { } change)
            _changed($"the machine {Name} {change}");
    }
}

/// <summary>A machine as a pass observed it, and as it was desired.</summary>
/// <param name="Desired">Null when it was not.</param>
internal sealed record LastPass(ObservedVirtualMachine Observed, VirtualMachineResource? Desired);
