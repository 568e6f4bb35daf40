using System.Collections.Immutable;
using System.Runtime.Versioning;
using System.Text.Json;
using EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>
/// Internal snapshots of qcow2 in both disks of a machine. Those of the data disk count: the system disk of another image does not have
/// the ones from before it.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class QemuSnapshots(QemuMachines machines, QemuImg tool) : IMachineSnapshots
{
    /// <summary>Of what the agent makes itself: the one before the update, and the one before it was taken back.</summary>
    private const int KeptAutomatic = 2;

    private static readonly TimeSpan SyncTimeout = TimeSpan.FromSeconds(30);

    public async Task<ImmutableArray<SnapshotReport>> ListAsync(string machine, CancellationToken cancellation)
    {
        var folder = machines[machine].Folder;
        return File.Exists(folder.DataDisk) ? await tool.SnapshotsAsync(folder.DataDisk, cancellation) : throw NoDisk(machine);
    }

    public async Task CreateAsync(string machine, string name, CancellationToken cancellation)
    {
        var (_, found) = await FindAsync(machine, name, cancellation);
        if (found is not null)
            throw new ControlException("SnapshotExists", $"{KindNames.VirtualMachine}/{machine} has a snapshot {name} already: delete it, or take another name");
        await AttemptAsync(machine, () => CreateAsync(machines[machine], name, cancellation));
    }

    public async Task RestoreAsync(string machine, string name, CancellationToken cancellation)
    {
        var (folder, _) = await NeedAsync(machine, name, cancellation);
        if (machines[machine].Process is not null)
            throw new ControlException("StillRunning", $"{KindNames.VirtualMachine}/{machine} runs, and its disks can't be changed under it: `edgeop vm stop {machine}` first");
        await AttemptAsync(machine, async () =>
        {
            // The system first: cut short, both are put back by the next attempt.
            if (File.Exists(folder.SystemDisk) && (await tool.SnapshotsAsync(folder.SystemDisk, cancellation)).Any(s => s.Name == name))
                await tool.ApplySnapshotAsync(folder.SystemDisk, name, cancellation);
            await tool.ApplySnapshotAsync(folder.DataDisk, name, cancellation);
        });
    }

    public async Task DeleteAsync(string machine, string name, CancellationToken cancellation)
    {
        await NeedAsync(machine, name, cancellation);
        await AttemptAsync(machine, () => DeleteAsync(machines[machine], name, cancellation));
    }

    /// <summary>For a machine that does not run and is about to run from another image.</summary>
    /// <exception cref="IOException">It can't be made, so that the update must not begin.</exception>
    public static async Task BeforeUpdateAsync(MachineFolder folder, QemuImg tool, string image, CancellationToken cancellation)
    {
        var name = $"{SnapshotReport.AutomaticPrefix}before-{image[..12]}";
        var known = await tool.SnapshotsAsync(folder.DataDisk, cancellation);
        var outdated = known.Where(s => s.IsAutomatic && s.Name != name).SkipLast(KeptAutomatic - 1).Select(s => s.Name).Append(name);
        foreach (var disk in Disks(folder))
        {
            foreach (var old in (await tool.SnapshotsAsync(disk, cancellation)).Select(s => s.Name).Intersect(outdated, StringComparer.Ordinal))
                await tool.DeleteSnapshotAsync(disk, old, cancellation);
            await tool.CreateSnapshotAsync(disk, name, cancellation);
        }
    }

    private async Task CreateAsync(QemuMachine machine, string name, CancellationToken cancellation)
    {
        if (machine.Process is null)
        {
            foreach (var disk in Disks(machine.Folder))
                await tool.CreateSnapshotAsync(disk, name, cancellation);
            return;
        }

        // What programs have written and not synced is in it too, where the guest answers.
        try
        {
            await machine.Tunnel.RunAsync("sync", default, SyncTimeout, cancellation);
        }
        catch (SshTunnelException)
        {
        }

        // All disks at the same moment, or none.
        var monitor = await machine.Monitor.ConnectAsync(cancellation);
        await monitor.ExecuteAsync(
            "transaction",
            arguments =>
            {
                arguments.WriteStartArray("actions");
                foreach (var node in (string[])[QemuCommand.SystemNode, QemuCommand.DataNode])
                {
                    arguments.WriteStartObject();
                    arguments.WriteString("type", "blockdev-snapshot-internal-sync");
                    arguments.WriteStartObject("data");
                    Name(arguments, node, name);
                    arguments.WriteEndObject();
                    arguments.WriteEndObject();
                }

                arguments.WriteEndArray();
            },
            cancellation);
    }

    private async Task DeleteAsync(QemuMachine machine, string name, CancellationToken cancellation)
    {
        // The data disk's last: by it a deletion that was cut short can be told, and goes on.
        foreach (var (disk, node) in ((string, string)[])[(machine.Folder.SystemDisk, QemuCommand.SystemNode), (machine.Folder.DataDisk, QemuCommand.DataNode)])
        {
            if (!File.Exists(disk) || (await tool.SnapshotsAsync(disk, cancellation)).All(s => s.Name != name))
                continue;
            if (machine.Process is null)
                await tool.DeleteSnapshotAsync(disk, name, cancellation);
            else
                await (await machine.Monitor.ConnectAsync(cancellation)).ExecuteAsync("blockdev-snapshot-delete-internal-sync", arguments => Name(arguments, node, name), cancellation);
        }
    }

    private static void Name(Utf8JsonWriter arguments, string node, string name)
    {
        arguments.WriteString("device", node);
        arguments.WriteString("name", name);
    }

    private static IEnumerable<string> Disks(MachineFolder folder) => new[] { folder.SystemDisk, folder.DataDisk }.Where(File.Exists);

    private async Task<(MachineFolder Folder, SnapshotReport Found)> NeedAsync(string machine, string name, CancellationToken cancellation) =>
        await FindAsync(machine, name, cancellation) is (var folder, { } found)
            ? (folder, found)
            : throw new ControlException(ControlException.NotFound, $"{KindNames.VirtualMachine}/{machine} has no snapshot {name}: `edgeop vm snapshot list {machine}` has them all");

    private async Task<(MachineFolder Folder, SnapshotReport? Found)> FindAsync(string machine, string name, CancellationToken cancellation) =>
        (machines[machine].Folder, (await ListAsync(machine, cancellation)).FirstOrDefault(s => s.Name == name));

    private static ControlException NoDisk(string machine) => new(ControlException.NotFound, $"{KindNames.VirtualMachine}/{machine} was never started, so there is nothing to keep");

    private static async Task AttemptAsync(string machine, Func<Task> change)
    {
        try
        {
            await change();
        }
        catch (Exception e) when (e is IOException or QmpException)
        {
            throw new ControlException("SnapshotFailed", $"the disks of {KindNames.VirtualMachine}/{machine}: {e.Message}");
        }
    }
}
