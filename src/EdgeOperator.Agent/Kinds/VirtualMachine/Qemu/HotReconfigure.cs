using System.Collections.Immutable;
using System.Runtime.Versioning;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Planning;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>Changes a machine while it runs. Each change is persisted at once, so that an interruption leaves the state right.</summary>
[SupportedOSPlatform("linux")]
internal static class HotReconfigure
{
    private static readonly TimeSpan GuestTimeout = TimeSpan.FromSeconds(60);

    /// <exception cref="IOException">QEMU or the guest does not answer.</exception>
    /// <exception cref="QmpException">QEMU refuses.</exception>
    public static async Task<StepOutcome> RunAsync(QemuMachine machine, VirtualMachineResource resource, TimeProvider time, CancellationToken cancellation)
    {
        if (MachineState.Read(machine.Folder) is not { } state)
            return new StepOutcome.Retry("NotStarted", $"{resource.Id} was never started");
        var desired = resource.Machine.Shape;
        state = state with { StopTimeout = resource.Machine.StopTimeout, User = resource.Machine.User };
        state = await ForwardAsync(machine, state, desired, cancellation);
        state = await GrowAsync(machine, state, desired, cancellation);
        state = await SeedAsync(machine, state, desired, cancellation);
        await HostBridge.JoinAsync(state, time, cancellation);
        if (machine.Last?.Observed.Guest?.ClockOffset is { } offset && offset != TimeSpan.Zero
            && await machine.Tunnel.RunAsync(ClockOffset.SetCommand(time.GetUtcNow()), default, GuestTimeout, cancellation) is { ExitCode: not 0 } refused)
            throw new IOException($"the guest's clock can't be set: {refused.LastLine}");
        state.Write(machine.Folder);
        machine.Report.Expire();
        return new StepOutcome.Succeeded();
    }

    private static async Task<MachineState> ForwardAsync(QemuMachine machine, MachineState state, VirtualMachineConfig desired, CancellationToken cancellation)
    {
        var (now, then) = (state.Shape.Network.Forwards, desired.Network.Forwards);
        if (now.SequenceEqual(then))
            return state;
        var monitor = await machine.Monitor.ConnectAsync(cancellation);
        var backEnd = NetworkOptions.ForwardingBackEnd(state.Shape.Network);

        // First what can be refused, so that nothing is lost for it; but for what needs a port that an old one has.
        var (gone, added) = (now.Except(then).ToList(), then.Except(now).ToList());
        foreach (var forward in added.Where(forward => !gone.Any(forward.Overlaps)))
            state = await AddAsync(forward);
        foreach (var forward in gone)
        {
            await monitor.MonitorAsync($"hostfwd_remove {backEnd} {NetworkOptions.Listener(forward)}", cancellation);
            state = Persist(machine, state, state.Shape.Network.Forwards.Remove(forward));
        }

        foreach (var forward in added.Where(forward => gone.Any(forward.Overlaps)))
            state = await AddAsync(forward);
        return Persist(machine, state, then);

        async Task<MachineState> AddAsync(PortForward forward) =>
            await monitor.MonitorAsync($"hostfwd_add {backEnd} {NetworkOptions.Rule(forward)}", cancellation) is { Length: > 0 } refusal
                ? throw new IOException($"the forward {forward} can't be made ({refusal}): is its port taken by another program?")
                : Persist(machine, state, state.Shape.Network.Forwards.Add(forward));
    }

    private static MachineState Persist(QemuMachine machine, MachineState state, ImmutableArray<PortForward> forwards)
    {
        state = state with { Shape = state.Shape with { Network = state.Shape.Network with { Forwards = forwards } } };
        state.Write(machine.Folder);
        return state;
    }

    private static async Task<MachineState> GrowAsync(QemuMachine machine, MachineState state, VirtualMachineConfig desired, CancellationToken cancellation)
    {
        if (desired.DiskSize <= state.Shape.DiskSize)
            return state;

        // QEMU would shrink a disk too, without asking.
        if (MachineDisks.SizeOf(machine.Folder.DataDisk) < desired.DiskSize)
        {
            var monitor = await machine.Monitor.ConnectAsync(cancellation);
            await monitor.ExecuteAsync(
                "block_resize",
                a =>
                {
                    a.WriteString("node-name", QemuCommand.DataNode);
                    a.WriteNumber("size", desired.DiskSize);
                },
                cancellation);
        }

        if (await machine.Tunnel.RunAsync("/usr/lib/edgeop/grow", default, GuestTimeout, cancellation) is { ExitCode: not 0 } failed)
            throw new IOException($"the guest can't make its file system larger: {failed.LastLine}");
        state = state with { Shape = state.Shape with { DiskSize = desired.DiskSize } };
        state.Write(machine.Folder);
        return state;
    }

    private static async Task<MachineState> SeedAsync(QemuMachine machine, MachineState state, VirtualMachineConfig desired, CancellationToken cancellation)
    {
        var changed = state with { Shape = state.Shape with { Interop = desired.Interop, Network = state.Shape.Network with { Dns = desired.Network.Dns } } };
        var seed = await machine.Seed.ContentAsync(changed, cancellation);
        var known = File.Exists(machine.Folder.Seed) ? await File.ReadAllBytesAsync(machine.Folder.Seed, cancellation) : [];

        // A guest that has rebooted since it was sent one has the first one again.
        if (changed.SeededBoot is not null || !seed.AsSpan().SequenceEqual(known))
            changed = await machine.Seed.SendAsync(changed, seed, cancellation);
        await machine.Tunnel.OpenAsync(changed.ToTunnelTarget(), cancellation);
        StateFile.WriteChanged(machine.Folder.Seed, seed);
        return changed;
    }
}
