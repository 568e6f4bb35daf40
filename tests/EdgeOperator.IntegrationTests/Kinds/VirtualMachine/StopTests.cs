using System.Runtime.Versioning;
using System.Text;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Planning;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

[Collection(SharedGuest.Name)]
[SupportedOSPlatform("linux")]
public sealed class StopTests(MinimalGuest image)
{
    /// <summary>What listens for the power button stands still.</summary>
    private const string Deafen = "for p in /proc/[0-9]*; do case $(tr '\\0' ' ' <$p/cmdline) in /bin/busybox?acpid*) kill -STOP ${p#/proc/}; found=1;; esac; done; [ $found ]";

    [Fact]
    public async Task A_guest_that_does_not_shut_down_is_switched_off_and_its_console_is_followed_to_the_end()
    {
        await using var machine = new QemuMachine(image.Image);
        await machine.BootAsync();
        await machine.InGuestAsync("echo first line >/dev/console; echo second line >/dev/console");

        using var console = new MemoryStream();
        var following = machine.Driver.CopyConsoleAsync(QemuMachine.Name, follow: true, tail: 1, console, CancellationToken.None);
        await machine.InGuestAsync(Deafen);
        await machine.InGuestAsync("echo third line >/dev/console");
        await Eventually.TrueAsync("the console goes on", () => Encoding.UTF8.GetString(console.ToArray()).Contains("third line", StringComparison.Ordinal));
        Encoding.UTF8.GetString(console.ToArray()).Should().NotContain("first line");

        machine.Machine = machine.Machine with { StopTimeout = TimeSpan.FromSeconds(3) };
        (await QemuMachine.SucceedsAsync(machine.StopAsync())).Note.Should().Contain("switched off");
        await following;
        machine.Process.Should().BeNull();
        (await machine.ObserveAsync()).Should().BeEquivalentTo(new { Phase = MachinePhase.Stopped, IsAskedToRun = false });

        using var all = new MemoryStream();
        await machine.Driver.CopyConsoleAsync(QemuMachine.Name, follow: false, tail: null, all, CancellationToken.None);
        Encoding.UTF8.GetString(all.ToArray()).Should().ContainAll("first line", "third line");
    }

    [Fact]
    public async Task Nothing_is_left_of_a_removed_machine_but_its_data_disk()
    {
        await using var machine = new QemuMachine(image.Image);
        machine.Shape = machine.Shape with { Tpm = true };
        await machine.BootAsync();
        (await machine.InGuestAsync("ls /sys/firmware/acpi/tables")).Should().Contain("TPM2");
        (await machine.DoAsync(new RemoveMachine(machine.Id, ""))).Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("StillRunning");

        await QemuMachine.SucceedsAsync(machine.StopAsync());
        await QemuMachine.SucceedsAsync(machine.DoAsync(new RemoveMachine(machine.Id, "")));
        Directory.EnumerateFileSystemEntries(machine.Folder).Select(Path.GetFileName).Should().BeEquivalentTo("data.qcow2", "tpm");
        (await machine.Driver.ObserveAsync([], CancellationToken.None)).Should().BeEmpty();
    }
}
