using EdgeOperator.Agent.Kinds.SystemUpdate.Reboots;
using EdgeOperator.Core.Kinds.SystemUpdate.Reboots;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Kinds.SystemUpdate.Reboots;

public sealed class RebootFileTests : IDisposable
{
    private static readonly DeviceReboot Requested = new() { Update = "base", Revision = "r1", Reasons = ["libc6 1→2"], Boot = "b1", Phase = RebootPhase.Requested, Requests = 1 };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_boot_counts_once_until_the_reboot_is_over()
    {
        At("b1").Write(Requested);
        At("b1").CountBoot(1000);
        At("b1").Read().Should().BeEquivalentTo(Requested, "the device has not been rebooted yet");

        At("b2").CountBoot(2000);
        At("b2").CountBoot(9000);
        At("b2").Read().Should().Match<DeviceReboot>(reboot => reboot.Phase == RebootPhase.Checking && reboot.Boots == 1 && reboot.Boot == "b2" && reboot.BootSeenAt == 2000);

        At("b2").Write(At("b2").Read()! with { HasPassedChecks = true });
        At("b3").CountBoot(3000);
        At("b3").Read().Should().Match<DeviceReboot>(reboot => reboot.Boots == 2 && !reboot.HasPassedChecks);

        At("b3").Write(At("b3").Read()! with { Phase = RebootPhase.Good });
        At("b4").CountBoot(4000);
        At("b4").Read()!.Boots.Should().Be(2);
    }

    [Fact]
    public void Where_no_boot_can_be_told_from_another_none_counts()
    {
        At("b1").Write(Requested);

        At(null).CountBoot(1000);

        At(null).Read()!.Boots.Should().Be(0);
    }

    [Fact]
    public async Task A_boot_that_can_not_be_written_down_counts_all_the_same()
    {
        await using var disk = await TinyDisk.MountAsync(64);
        new RebootFile(disk.Path, "b1").Write(Requested);
        disk.Fill();
        var file = new RebootFile(disk.Path, "b2");

        file.CountBoot(1000);

        file.Read().Should().Match<DeviceReboot>(reboot => reboot.Phase == RebootPhase.Checking && reboot.Boots == 1);
        disk.Free();
        file.Write(file.Read()! with { HasPassedChecks = true });
        new RebootFile(disk.Path, "b2").Read().Should().Match<DeviceReboot>(reboot => reboot.Boots == 1 && reboot.HasPassedChecks);
    }

    private RebootFile At(string? boot) => new(_folder.File("updates"), boot);
}
