using System.Net.Sockets;
using System.Runtime.Versioning;
using EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Planning;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

[Collection(SharedGuest.Name)]
[SupportedOSPlatform("linux")]
public sealed class HotReconfigureTests(MinimalGuest image)
{
    [Fact]
    public async Task Forwards_disk_and_name_servers_change_while_the_machine_runs()
    {
        await using var machine = new QemuMachine(image.Image, edgeop: await EdgeopBinary.PathAsync());
        using var shared = new TempFolder();
        shared.Write("note", "from the host");
        var (old, other) = (Forward(), Forward());
        machine.Shape = machine.Shape with
        {
            Network = machine.Shape.Network with { Address = "192.168.77.2/24", Forwards = [old] },
            SharedFolders = [new(shared, "/mnt/host", ReadOnly: false), new(shared, "/mnt/look", ReadOnly: true)],
        };
        var before = await machine.BootAsync();
        before.Guest!.Addresses.Should().Contain("192.168.77.2");
        (await BannerAsync(old)).Should().StartWith("SSH-2.0");

        // Shared folders, while a machine is there to have them.
        (await machine.InGuestAsync("cat /mnt/host/note /mnt/look/note; echo back >/mnt/host/answer; ! touch /mnt/look/x 2>/dev/null")).Should().Contain("from the host");
        (await File.ReadAllTextAsync(shared.File("answer"))).Should().Be("back\n");

        machine.Shape = machine.Shape with { DiskSize = 128L << 20, Network = machine.Shape.Network with { Forwards = [other], Dns = ["192.0.2.53"] } };
        await QemuMachine.SucceedsAsync(machine.ChangeAsync());

        (await BannerAsync(other)).Should().StartWith("SSH-2.0");
        await FluentActions.Awaiting(() => BannerAsync(old)).Should().ThrowAsync<SocketException>("nobody listens there any more");
        (await machine.InGuestAsync("cat /etc/resolv.conf")).Should().Contain("192.0.2.53");
        var after = await machine.SeenAsync(m => m.Guest?.DiskTotal > 100L << 20);
        after.Guest!.BootId.Should().Be(before.Guest.BootId);
        after.Applied!.Should().BeEquivalentTo(machine.Shape);
        (await machine.ChangeAsync()).Should().Be(new StepOutcome.Succeeded(), "there is nothing left to change");

        // A clock that is behind after a pause is a difference, and the step that is planned for it sets it.
        await using (var monitor = await QmpClient.ConnectAsync(Path.Combine(machine.Folder, "look.sock"), _ => { }, TimeSpan.FromSeconds(30), CancellationToken.None))
            await monitor.ExecuteAsync("stop", null, CancellationToken.None);
        var paused = TimeProvider.System.GetTimestamp();
        await machine.SeenAsync(m => m.Phase == MachinePhase.Paused && TimeProvider.System.GetElapsedTime(paused) > TimeSpan.FromSeconds(15));
        await QemuMachine.SucceedsAsync(machine.StartAsync());
        (await machine.SeenAsync(m => !m.Drift.IsEmpty)).Drift.Should().ContainSingle().Which.Should().Match<MachineChange>(c => c.What.EndsWith("s behind", StringComparison.Ordinal) && !c.NeedsRestart);
        await QemuMachine.SucceedsAsync(machine.ChangeAsync());
        (await machine.SeenAsync(m => m.Guest?.ClockOffset == TimeSpan.Zero)).Drift.Should().BeEmpty();

        // A port that is taken is told, and nothing that there was is lost for it.
        using var taken = new TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var refused = new PortForward("127.0.0.1", ((System.Net.IPEndPoint)taken.LocalEndpoint).Port, 22, "tcp");
        machine.Shape = machine.Shape with { Network = machine.Shape.Network with { Forwards = [old, refused] } };
        (await machine.ChangeAsync()).Should().BeOfType<StepOutcome.Retry>().Which.Message.Should().Contain("taken");
        (await machine.ObserveAsync()).Applied!.Network.Forwards.Should().Equal(other, old);
        (await BannerAsync(other)).Should().StartWith("SSH-2.0");

        // So is a user or a program of the host's that is not there.
        machine.Shape = machine.Shape with { Network = machine.Shape.Network with { Forwards = [other, old] }, Interop = new() { Programs = machine.Shape.Interop.Programs.Add("x", "/bin/none") } };
        (await machine.ObserveAsync()).InteropProblem.Should().Be("interop.programs: the host has no /bin/none, which the guest is to call as x");
        machine.Shape = machine.Shape with { Interop = machine.Shape.Interop with { Programs = machine.Shape.Interop.Programs.SetItem("x", "/bin/true"), User = "eo-none" } };
        (await machine.ObserveAsync()).InteropProblem.Should().Be("interop.user: user 'eo-none' is not in /etc/passwd");

        // What would need a restart that can't succeed is known while the machine still runs.
        machine.Shape = machine.Shape with { Memory = 900L << 40 };
        (await machine.ObserveAsync()).Should().Match<ObservedVirtualMachine>(m => m.Phase == MachinePhase.Running && m.StartObstacle!.StartsWith("QEMU can't start the machine: ", StringComparison.Ordinal));
    }

    private static PortForward Forward() => new("127.0.0.1", FreePort.Next(), 22, "tcp");

    private static async Task<string?> BannerAsync(PortForward forward)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(forward.Address, forward.Host);
        using var reader = new StreamReader(client.GetStream());
        return await reader.ReadLineAsync();
    }
}
