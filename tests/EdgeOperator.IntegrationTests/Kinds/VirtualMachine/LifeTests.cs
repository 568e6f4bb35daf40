using System.Runtime.Versioning;
using EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Planning;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

[Collection(SharedGuest.Name)]
[SupportedOSPlatform("linux")]
public sealed class LifeTests(MinimalGuest image)
{
    [Fact]
    public async Task A_machine_boots_is_started_again_when_it_is_killed_and_shuts_down_in_order()
    {
        await using var machine = new QemuMachine(image.Image);
        (await machine.ObserveAsync()).Should().BeEquivalentTo(new { Phase = MachinePhase.Stopped, SystemDisk = MachineDiskState.Missing, DataDisk = MachineDiskState.Missing, Unavailable = (string?)null });

        var first = await machine.BootAsync();
        first.Guest!.Addresses.Should().Contain("10.0.2.15");
        first.Guest.MemoryTotal.Should().BeInRange(150L << 20, 256L << 20);
        first.Should().BeEquivalentTo(new { IsAskedToRun = true, SystemDisk = MachineDiskState.Good, DataDisk = MachineDiskState.Good });
        first.Applied!.Image.Should().Be(image.Image);
        first.Images.Should().Equal(image.Sha256);
        await machine.InGuestAsync("echo kept >/data/note; sync");
        (await File.ReadAllTextAsync(Path.Combine(machine.Folder, "console.log"))).Should().Contain("edgeop: ready").And.NotContain("kex_exchange", "looking whether sshd is there yet leaves nothing on the console");

        machine.Kill();
        var ended = await machine.SeenAsync(m => m.Phase == MachinePhase.Stopped);
        ended.Should().BeEquivalentTo(new { IsAskedToRun = true, SystemDisk = MachineDiskState.Good, DataDisk = MachineDiskState.Good });
        ended.Detail.Should().Contain("ended");
        await Eventually.TrueAsync("the loop is woken", () => machine.News.Any(n => n.Contains("has ended", StringComparison.Ordinal)));

        await QemuMachine.SucceedsAsync(machine.StartAsync());
        await machine.RunningAsync(otherThanBoot: first.Guest.BootId);
        (await machine.InGuestAsync("cat /data/note")).Should().Be("kept");

        (await machine.StopAsync()).Should().Be(new StepOutcome.Succeeded());
        machine.Process.Should().BeNull();
        (await machine.ObserveAsync()).Should().BeEquivalentTo(new { Phase = MachinePhase.Stopped, IsAskedToRun = false, Detail = (string?)null });
    }

    [Fact]
    public async Task A_machine_outlives_the_agent_and_is_adopted()
    {
        await using var machine = new QemuMachine(image.Image);
        var before = await machine.BootAsync();
        var process = machine.Process;

        // `edgeop plan` looks too, by a monitor of its own.
        var monitor = Path.Combine(machine.Folder, "look.sock");
        await OrderAsync(monitor, "stop");
        (await LookAsync(machine)).Phase.Should().Be(MachinePhase.Paused);
        await OrderAsync(monitor, "cont");
        (await LookAsync(machine)).Guest!.BootId.Should().Be(before.Guest!.BootId);

        // A machine that an older agent has started has none: then the guest has the word.
        File.Delete(monitor);
        (await LookAsync(machine)).Guest!.BootId.Should().Be(before.Guest!.BootId);

        await machine.ReplaceDriverAsync();

        var after = await machine.RunningAsync();
        after.Guest!.BootId.Should().Be(before.Guest!.BootId);
        after.StartedAt.Should().Be(before.StartedAt);
        machine.Process.Should().Be(process);
        (await machine.StartAsync()).Should().Be(new StepOutcome.Succeeded(), "what runs is left as it is");
        machine.Process.Should().Be(process);

        // A lost record of its process is found again by the process itself, as soon as anything is done with the machine.
        Damage.Zeros.Apply(Path.Combine(machine.Folder, "process"));
        (await machine.RunningAsync()).Guest!.BootId.Should().Be(before.Guest!.BootId);
        File.Delete(Path.Combine(machine.Folder, "process"));
        (await machine.StartAsync()).Should().Be(new StepOutcome.Succeeded(), "what runs is left as it is");
        machine.Process.Should().Be(process);

        // One of two copies is enough to know what it was made like.
        Damage.Truncated.Apply(Path.Combine(machine.Folder, "machine.json"));
        (await machine.ObserveAsync()).Should().BeEquivalentTo(new { Phase = MachinePhase.Running, before.Applied });

        // Of a machine whose record is lost it is still known that it runs.
        File.Delete(Path.Combine(machine.Folder, "machine.json"));
        File.Delete(Path.Combine(machine.Folder, "machine.json.copy"));
        (await machine.ObserveAsync()).Should().BeEquivalentTo(new { Phase = MachinePhase.Running, Applied = (VirtualMachineConfig?)null });
        await QemuMachine.SucceedsAsync(machine.StopAsync());
        machine.Process.Should().BeNull();
    }

    private static async Task<ObservedVirtualMachine> LookAsync(QemuMachine machine)
    {
        await using var readOnly = new QemuDriver(machine.State, TimeProvider.System, NullLoggerFactory.Instance, isReadOnly: true);
        return (await readOnly.ObserveAsync([machine.Resource], CancellationToken.None)).Single();
    }

    private static async Task OrderAsync(string monitor, string command)
    {
        await using var client = await QmpClient.ConnectAsync(monitor, _ => { }, TimeSpan.FromSeconds(30), CancellationToken.None);
        await client.ExecuteAsync(command, null, CancellationToken.None);
    }
}
