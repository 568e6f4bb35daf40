using System.Runtime.Versioning;
using System.Security.Cryptography;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

/// <summary>Images that know nothing of this project.</summary>
[Collection(SharedGuest.Name)]
[SupportedOSPlatform("linux")]
public sealed class CloudImageTests
{
    [Fact]
    public async Task A_cloud_image_is_made_a_guest_by_cloud_init_and_started_by_BIOS_and_UEFI()
    {
        var image = await GuestImage.CloudAsync();
        using var shared = new TempFolder("shared");
        await using var machine = new QemuMachine(new(image.Path, image.Sha256), edgeop: await EdgeopBinary.PathAsync());
        machine.Shape = machine.Shape with { Memory = 512L << 20, SharedFolders = [new(shared.Path, "/mnt/shared", ReadOnly: false)] };
        machine.Machine = machine.Machine with
        {
            StopTimeout = TimeSpan.FromSeconds(90),
            Provisioning = new()
            {
                Files = [new("/etc/app/app.conf", "content"u8.ToArray(), 0b110_000_000, "app")],
                Users = [new("app", [], ["sudo"], null)],
                Commands = ["id app >/mnt/shared/who"],
            },
        };

        var first = await machine.BootAsync();
        first.Guest!.Problem.Should().BeNull();
        first.Guest.Image.Should().StartWith("cloud-init Debian GNU/Linux 12");
        first.Guest.Addresses.Should().Contain("10.0.2.15");
        first.Guest.DiskTotal.Should().BeInRange(40L << 20, 64L << 20);
        await QemuMachine.SucceedsAsync(machine.DoAsync(new ProvisionMachine(machine.Id, "", machine.Machine.Provisioning.Hash)));
        (await File.ReadAllTextAsync(Path.Combine(shared.Path, "who"))).Should().Contain("(app)").And.Contain("(sudo)");
        (await machine.InGuestAsync("hostname; getent hosts host.edgeop.internal; stat -c '%U %a' /etc/app/app.conf; echo kept >/data/kept; sync")).Should()
            .StartWith("m\n10.0.2.2").And.EndWith("app 600");

        // What was put in is on the system's disk, and is found again; so is the data disk.
        await QemuMachine.SucceedsAsync(machine.StopAsync());
        machine.Shape = machine.Shape with { Firmware = MachineFirmware.Uefi };
        await QemuMachine.SucceedsAsync(machine.StartAsync());
        var second = await machine.RunningAsync(otherThanBoot: first.Guest.BootId);
        second.Guest!.Provisioned.Should().Be(machine.Machine.Provisioning.Hash);
        (await machine.InGuestAsync("cat /data/kept /etc/app/app.conf; test -d /sys/firmware/efi && echo by UEFI")).Should().Be("kept\ncontentby UEFI");
    }

    [Fact]
    public async Task An_image_that_starts_nothing_is_named_as_such_within_a_minute_with_what_its_console_has_shown()
    {
        using var folder = new TempFolder("image");
        var empty = Path.Combine(folder.Path, "empty.qcow2");
        await Shell.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", empty, "64M");
        await using var machine = new QemuMachine(new(empty, Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(empty)))));
        await QemuMachine.SucceedsAsync(machine.FetchAsync());
        await QemuMachine.SucceedsAsync(machine.StartAsync());

        var seen = await machine.SeenAsync(m => m.Detail is not null);

        seen.Detail.Should().Contain("neither a guest image nor one with cloud-init").And.Contain("No bootable device");
        (TimeProvider.System.GetUtcNow() - seen.StartedAt!.Value - seen.WaitedForHost).Should().BeLessThan(TimeSpan.FromMinutes(1));
    }
}
