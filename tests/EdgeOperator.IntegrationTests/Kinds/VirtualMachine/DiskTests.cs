using System.Runtime.Versioning;
using EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Planning;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

[Collection(SharedGuest.Name)]
[SupportedOSPlatform("linux")]
public sealed class DiskTests(MinimalGuest image)
{
    private const int Header = 72;

    [Fact]
    public async Task A_damaged_system_disk_is_seen_and_made_anew_and_the_data_stay()
    {
        await using var machine = new QemuMachine(image.Image);
        await machine.BootAsync();
        await machine.InGuestAsync("echo kept >/data/note; sync");
        machine.Kill();
        await machine.SeenAsync(m => m is { Phase: MachinePhase.Stopped, SystemDisk: MachineDiskState.Good });

        Damage(machine.SystemDisk);
        var damaged = await machine.ObserveAsync();
        damaged.Should().BeEquivalentTo(new { SystemDisk = MachineDiskState.Damaged, DataDisk = MachineDiskState.Good, IsAskedToRun = true });
        damaged.Detail.Should().Contain("the system disk is damaged");

        await QemuMachine.SucceedsAsync(machine.StartAsync(fresh: true));
        await machine.RunningAsync();
        (await machine.InGuestAsync("cat /data/note")).Should().Be("kept");
    }

    [Fact]
    public async Task A_data_disk_that_cannot_be_repaired_is_reported_and_left_alone()
    {
        await using var machine = new QemuMachine(image.Image);
        await QemuMachine.SucceedsAsync(machine.FetchAsync());
        await QemuMachine.SucceedsAsync(machine.StartAsync());
        machine.Kill();
        await machine.SeenAsync(m => m.Phase == MachinePhase.Stopped);
        Damage(machine.DataDisk);
        var before = await File.ReadAllBytesAsync(machine.DataDisk);

        (await machine.StartAsync()).Should().BeOfType<StepOutcome.Retry>().Which.Should().Match<StepOutcome.Retry>(o => o.Reason == "DataDiskDamaged" && o.Message.Contains(machine.DataDisk));
        var seen = await machine.ObserveAsync();
        seen.Should().BeEquivalentTo(new { Phase = MachinePhase.Stopped, DataDisk = MachineDiskState.Damaged });
        seen.Detail.Should().Contain("the data disk is damaged");
        (await File.ReadAllBytesAsync(machine.DataDisk)).Should().Equal(before);
    }

    [Fact]
    public async Task A_data_disk_whose_tables_are_out_of_order_is_repaired_at_the_start()
    {
        await using var machine = new QemuMachine(image.Image);
        await machine.BootAsync();
        await machine.InGuestAsync("echo kept >/data/note; sync");
        machine.Kill();
        await machine.SeenAsync(m => m.Phase == MachinePhase.Stopped);
        ForgetReferences(machine.DataDisk);

        (await machine.ObserveAsync()).DataDisk.Should().Be(MachineDiskState.Good, "nobody has tried to repair it");
        (await QemuMachine.SucceedsAsync(machine.StartAsync())).Note.Should().Contain("repaired the data disk");
        await machine.RunningAsync();
        (await machine.InGuestAsync("cat /data/note")).Should().Be("kept");
    }

    [Fact]
    public async Task A_full_disk_of_the_host_halts_the_machine_until_there_is_room()
    {
        await using var disk = await TinyDisk.MountAsync(kilobytes: 100_000);
        await using var machine = new QemuMachine(image.Image, disk.Path);
        var before = await machine.BootAsync();
        await machine.SeenAsync(m => m.Phase == MachinePhase.Running);
        disk.Fill();

        var writing = machine.InGuestAsync("dd if=/dev/urandom of=/data/big bs=1M count=20 2>/dev/null && sync && echo written");
        var paused = await machine.SeenAsync(m => m.Phase == MachinePhase.Paused);
        paused.Detail.Should().Contain("no space left for the data disk");
        await Eventually.TrueAsync("the loop is woken", () => machine.News.Any(n => n.Contains("was paused", StringComparison.Ordinal)));
        (await machine.StartAsync()).Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("DiskFull");

        machine.News.Clear();
        disk.Free();
        await Eventually.TrueAsync("the loop is woken", () => machine.News.Any(n => n.Contains("has changed", StringComparison.Ordinal)));
        (await machine.ObserveAsync()).Should().Match<ObservedVirtualMachine>(m => m.Phase == MachinePhase.Paused && m.Detail!.EndsWith("and has now", StringComparison.Ordinal), "nothing but a step resumes it");
        (await QemuMachine.SucceedsAsync(machine.StartAsync())).Note.Should().Be("resumed the machine");
        (await writing).Should().Be("written");
        var after = await machine.RunningAsync();
        after.Guest!.BootId.Should().Be(before.Guest!.BootId);
    }

    [Fact]
    public async Task No_second_process_gets_a_running_machines_disk()
    {
        await using var machine = new QemuMachine(image.Image);
        await QemuMachine.SucceedsAsync(machine.FetchAsync());
        await QemuMachine.SucceedsAsync(machine.StartAsync());
        await FluentActions.Awaiting(() => Shell.RunAsync("qemu-img", "resize", "-f", "qcow2", machine.DataDisk, "1G"))
            .Should().ThrowAsync<InvalidOperationException>().WithMessage("*lock*");
    }

    [Fact]
    public async Task A_disk_that_an_earlier_machine_of_the_name_has_left_is_never_made_smaller()
    {
        await using var machine = new QemuMachine(image.Image);
        machine.Shape = machine.Shape with { DiskSize = 64L << 20 };
        Directory.CreateDirectory(machine.Folder);
        await Shell.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", machine.DataDisk, "128M");
        (await machine.BootAsync()).Applied!.DiskSize.Should().Be(128L << 20);

        // Also where what is noted is wrong.
        var folder = new MachineFolder(machine.Folder);
        var record = MachineState.Read(folder)!;
        (record with { Shape = record.Shape with { DiskSize = 64L << 20 } }).Write(folder);
        machine.Shape = machine.Shape with { DiskSize = 96L << 20 };
        await QemuMachine.SucceedsAsync(machine.ChangeAsync());
        (await machine.InGuestAsync("cat /sys/block/vdb/size")).Should().Be($"{(128 << 20) / 512}");
    }

    private static void Damage(string disk)
    {
        using var file = new FileStream(disk, FileMode.Open, FileAccess.Write);
        file.Write(new byte[Header]);
    }

    /// <summary>Empties the first block of reference counts (qcow2's specification: its table's offset is at 48).</summary>
    private static void ForgetReferences(string disk)
    {
        using var file = new FileStream(disk, FileMode.Open, FileAccess.ReadWrite);
        var offset = new byte[8];
        file.Position = 48;
        file.ReadExactly(offset);
        file.Position = System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(offset);
        file.ReadExactly(offset);
        file.Position = System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(offset);
        file.Write(new byte[4096]);
    }
}
