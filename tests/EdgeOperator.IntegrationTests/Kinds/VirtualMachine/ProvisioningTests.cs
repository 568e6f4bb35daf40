using System.Runtime.Versioning;
using System.Text;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Planning;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

[Collection(SharedGuest.Name)]
[SupportedOSPlatform("linux")]
public sealed class ProvisioningTests(MinimalGuest image)
{
    [Fact]
    public async Task What_is_declared_is_in_the_guest_and_stays_through_a_restart_from_inside()
    {
        await using var machine = new QemuMachine(image.Image);
        machine.Shape = machine.Shape with { Network = machine.Shape.Network with { Mode = MachineNetworkMode.Isolated, Forwards = [new("127.0.0.1", FreePort.Next(), 8088, "tcp")] } };
        machine.Machine = machine.Machine with
        {
            Provisioning = new()
            {
                Files = [new("/opt/app/config", Encoding.UTF8.GetBytes("value\n"), Convert.ToInt32("640", 8), "worker")],
                Users = [new("worker", ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGiwFdTNqhgmWQFNCqLUXkxSqBcQFBnqeuiPKuQkzWbX someone"], [], null)],
                Commands = ["echo done >/data/command"],
            },
        };
        var provisioning = machine.Machine.Provisioning.Hash;
        var step = new ProvisionMachine(machine.Id, "", provisioning);
        await QemuMachine.SucceedsAsync(machine.FetchAsync());
        await QemuMachine.SucceedsAsync(machine.StartAsync());
        (await machine.Driver.ExecuteAsync(step, machine.Resource, [machine.Resource], CancellationToken.None)).Should().BeOfType<StepOutcome.Pending>("the guest does not answer yet");

        var before = await machine.RunningAsync();
        before.Guest!.Provisioned.Should().BeNull();
        await QemuMachine.SucceedsAsync(machine.DoAsync(step));
        (await machine.SeenAsync(m => m.Guest?.Provisioned == provisioning)).Phase.Should().Be(MachinePhase.Running);
        (await machine.InGuestAsync("stat -c '%a %U' /opt/app/config; cat /opt/app/config /data/command")).Should().Be("640 worker\nvalue\ndone");

        // Changed while it runs, then started over from inside: the newer seed counts.
        machine.Shape = machine.Shape with { Network = machine.Shape.Network with { Dns = ["192.0.2.7"] } };
        await QemuMachine.SucceedsAsync(machine.ChangeAsync());
        var process = machine.Process;
        await machine.InGuestAsync("reboot");
        var after = await machine.RunningAsync(otherThanBoot: before.Guest.BootId);
        after.Drift.Should().ContainSingle("the guest has the older seed again").Which.NeedsRestart.Should().BeFalse();
        await QemuMachine.SucceedsAsync(machine.ChangeAsync());
        await machine.SeenAsync(m => m.Drift.IsEmpty);
        machine.Process.Should().Be(process);
        after.Guest!.Provisioned.Should().Be(provisioning);
        await Eventually.SucceedsAsync(async () => (await machine.InGuestAsync("cat /etc/resolv.conf")).Should().Contain("192.0.2.7"), QemuMachine.BootTimeout);

        machine.Machine = machine.Machine with { Provisioning = new() { Commands = ["echo to no avail >&2; exit 3"] } };
        (await machine.DoAsync(new ProvisionMachine(machine.Id, "", machine.Machine.Provisioning.Hash))).Should().BeOfType<StepOutcome.Retry>()
            .Which.Should().Match<StepOutcome.Retry>(o => o.Reason == "ProvisioningFailed" && o.Message.Contains("to no avail"));
        (await machine.SeenAsync(m => m.Guest?.Provisioned != provisioning)).Guest!.Provisioned.Should().Be("unfinished", "what was there before has to be put in again");

        machine.Machine = machine.Machine with { Provisioning = new() };
        provisioning = machine.Machine.Provisioning.Hash;
        await QemuMachine.SucceedsAsync(machine.DoAsync(new ProvisionMachine(machine.Id, "", provisioning)));
        await machine.SeenAsync(m => m.Guest?.Provisioned == provisioning);

        // A disk that is full is told as such, by the machine and by what fails for it.
        await machine.InGuestAsync("dd if=/dev/zero of=/data/fill bs=64k 2>/dev/null; sync");
        (await machine.SeenAsync(m => m.Guest?.DiskFull is not null)).Guest!.DiskFull.Should().StartWith("its data disk is full (");
        machine.Machine = machine.Machine with { Provisioning = new() { Files = [new("/opt/app/large", new byte[1 << 20], Convert.ToInt32("644", 8), null)] } };
        (await machine.DoAsync(new ProvisionMachine(machine.Id, "", machine.Machine.Provisioning.Hash))).Should().BeOfType<StepOutcome.Retry>().Which.Message.Should().Contain("No space left");
        await machine.InGuestAsync("rm /data/fill");
        await machine.SeenAsync(m => m.Guest?.DiskFull is null);
        (await machine.InGuestAsync("ls /opt/app/config 2>&1; grep -c worker /etc/passwd || test -d /home/worker && cat /data/command")).Should().Contain("No such file").And.EndWith("0\ndone");
    }
}
