using System.Runtime.Versioning;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Platform.Files;
using EdgeOperator.Platform.Processes;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

[Collection(SharedGuest.Name)]
[SupportedOSPlatform("linux")]
public sealed class TpmTests(MinimalGuest image)
{
    [Fact]
    public async Task A_TPM_that_ends_is_noticed_and_there_again_after_a_restart()
    {
        await using var machine = new QemuMachine(image.Image);
        machine.Shape = machine.Shape with { Tpm = true };
        (await machine.BootAsync()).Broken.Should().BeNull();
        var process = machine.Process;
        var tpm = ProcessIdentity.Read(Path.Combine(machine.Folder, "tpm", "process"))!;
        machine.News.Clear();

        Posix.Signal(tpm.Id, 9);
        await Eventually.TrueAsync("a pass is due", () => !machine.News.IsEmpty);
        (await machine.SeenAsync(m => m.Broken is not null)).Should().Match<ObservedVirtualMachine>(m => m.Broken!.StartsWith("its TPM has ended (swtpm: it ended") && m.Phase == MachinePhase.Running);
        machine.Process.Should().Be(process, "nobody has asked for a restart yet");

        (await QemuMachine.SucceedsAsync(machine.StopAsync())).Note.Should().BeNull("the guest shuts down in order without it");
        await QemuMachine.SucceedsAsync(machine.StartAsync());
        (await machine.RunningAsync()).Broken.Should().BeNull();
        (await machine.InGuestAsync("ls /sys/firmware/acpi/tables")).Should().Contain("TPM2");
    }
}
