using System.Runtime.Versioning;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Planning;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>Changes a machine while it runs. What is done is noted at once, so that what is left is known whenever this ends.</summary>
[SupportedOSPlatform("linux")]
internal sealed class HotReconfigure(QmpClients monitors, SshTunnels bridges, GuestSeed seeds, GuestReports reports)
{
    private static readonly TimeSpan GuestTimeout = TimeSpan.FromSeconds(60);

    /// <exception cref="IOException">QEMU or the guest does not answer.</exception>
    /// <exception cref="QmpException">QEMU refuses.</exception>
    public async Task<StepOutcome> RunAsync(MachineFolder folder, VirtualMachineResource machine, CancellationToken cancellation)
    {
        if (MachineState.Read(folder) is not { } record)
            return new StepOutcome.Retry("NotStarted", $"{machine.Id} was never started");
        var desired = machine.Machine.Shape;
        record = record with { StopTimeout = machine.Machine.StopTimeout, User = machine.Machine.User };
        record = await ForwardAsync(folder, record, desired, cancellation);
        record = await GrowAsync(folder, record, desired, cancellation);
        record = await SeedAsync(folder, record, desired, cancellation);
        record.Write(folder);
        reports.Forget(folder);
        return new StepOutcome.Succeeded();
    }

    private async Task<MachineState> ForwardAsync(MachineFolder folder, MachineState record, VirtualMachineConfig desired, CancellationToken cancellation)
    {
        var (now, then) = (record.Shape.Network.Forwards, desired.Network.Forwards);
        if (now.SequenceEqual(then))
            return record;
        var monitor = await monitors.OfAsync(folder, cancellation);
        var backEnd = NetworkOptions.ForwardingBackEnd(record.Shape.Network);
        foreach (var gone in now.Except(then))
        {
            await monitor.MonitorAsync($"hostfwd_remove {backEnd} {NetworkOptions.Listener(gone)}", cancellation);
            record = Note(folder, record, record.Shape.Network.Forwards.Remove(gone));
        }

        foreach (var added in then.Except(now))
        {
            if (await monitor.MonitorAsync($"hostfwd_add {backEnd} {NetworkOptions.Rule(added)}", cancellation) is { Length: > 0 } refusal)
                throw new IOException($"the forward {added} can't be made ({refusal}): is its port taken by another program?");
            record = Note(folder, record, record.Shape.Network.Forwards.Add(added));
        }

        return Note(folder, record, then);
    }

    private static MachineState Note(MachineFolder folder, MachineState record, System.Collections.Immutable.ImmutableArray<PortForward> forwards)
    {
        record = record with { Shape = record.Shape with { Network = record.Shape.Network with { Forwards = forwards } } };
        record.Write(folder);
        return record;
    }

    private async Task<MachineState> GrowAsync(MachineFolder folder, MachineState record, VirtualMachineConfig desired, CancellationToken cancellation)
    {
        if (desired.DiskSize <= record.Shape.DiskSize)
            return record;

        // To QEMU a smaller size is as good as any.
        if (MachineDisks.SizeOf(folder.DataDisk) < desired.DiskSize)
        {
            var monitor = await monitors.OfAsync(folder, cancellation);
            await monitor.ExecuteAsync(
                "block_resize",
                a =>
                {
                    a.WriteString("node-name", QemuCommand.DataNode);
                    a.WriteNumber("size", desired.DiskSize);
                },
                cancellation);
        }

        if (await bridges.Of(folder).RunAsync("/usr/lib/edgeop/grow", default, GuestTimeout, cancellation) is { ExitCode: not 0 } failed)
            throw new IOException($"the guest can't make its file system larger: {failed.LastLine}");
        record = record with { Shape = record.Shape with { DiskSize = desired.DiskSize } };
        record.Write(folder);
        return record;
    }

    private async Task<MachineState> SeedAsync(MachineFolder folder, MachineState record, VirtualMachineConfig desired, CancellationToken cancellation)
    {
        var changed = record with { Shape = record.Shape with { Interop = desired.Interop, Network = record.Shape.Network with { Dns = desired.Network.Dns } } };
        var seed = await MachineStart.SeedAsync(folder, changed, bridges, cancellation);
        var known = File.Exists(folder.Seed) ? await File.ReadAllBytesAsync(folder.Seed, cancellation) : [];
        if (!seed.AsSpan().SequenceEqual(known))
            changed = await seeds.GiveAsync(folder, changed, seed, cancellation);
        await bridges.Of(folder).OpenAsync(SshTunnels.TargetOf(changed), cancellation);
        StateFile.WriteChanged(folder.Seed, seed);
        return changed;
    }
}
