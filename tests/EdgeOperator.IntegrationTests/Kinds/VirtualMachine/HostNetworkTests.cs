using System.Net.Sockets;
using System.Runtime.Versioning;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Planning;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

[Collection(SharedGuest.Name)]
[SupportedOSPlatform("linux")]
public sealed class HostNetworkTests(MinimalGuest image) : IAsyncLifetime
{
    private const string Bridge = "eo-test-br";

    public async Task InitializeAsync()
    {
        await Shell.RunAsync("ip", "link", "add", Bridge, "type", "bridge");
        await Shell.RunAsync("ip", "address", "add", "10.199.77.1/24", "dev", Bridge);
        await Shell.RunAsync("ip", "link", "set", Bridge, "up");
    }

    public async Task DisposeAsync() => await Shell.RunAsync("ip", "link", "delete", Bridge);

    [Fact]
    public async Task A_guest_on_a_bridge_of_the_host_has_its_own_address_there_and_is_reached_by_a_line_of_its_own()
    {
        await using var machine = new QemuMachine(image.Image);
        var forward = new PortForward("127.0.0.1", FreePort.Next(), 22, "tcp");
        machine.Shape = machine.Shape with { Network = new() { Mode = MachineNetworkMode.Bridge, Interface = Bridge, Address = "10.199.77.2/24", Gateway = "10.199.77.1", Forwards = [forward] } };
        (await machine.BootAsync()).Guest!.Addresses.Should().Contain("10.199.77.2");
        (await BannerAsync("10.199.77.2", 22)).Should().StartWith("SSH-2.0");
        (await BannerAsync("127.0.0.1", forward.Host)).Should().StartWith("SSH-2.0");
        (await machine.InGuestAsync("ip route")).Should().Contain("default via 10.199.77.1 dev eth0");

        // Somebody makes the bridge anew.
        await DisposeAsync();
        await InitializeAsync();
        (await machine.SeenAsync(m => !m.Drift.IsEmpty)).Drift.Should().ContainSingle().Which.NeedsRestart.Should().BeFalse();
        await QemuMachine.SucceedsAsync(machine.ChangeAsync());
        (await machine.ObserveAsync()).Drift.Should().BeEmpty();
        await Eventually.SucceedsAsync(async () => (await BannerAsync("10.199.77.2", 22)).Should().StartWith("SSH-2.0"));
    }

    [Fact]
    public async Task A_bridge_that_is_not_there_is_told()
    {
        await using var machine = new QemuMachine(image.Image);
        machine.Shape = machine.Shape with { Network = new() { Mode = MachineNetworkMode.Bridge, Interface = "eo-none" } };
        await QemuMachine.SucceedsAsync(machine.FetchAsync());
        (await machine.ObserveAsync()).StartObstacle.Should().Contain("eo-none");
        (await machine.StartAsync()).Should().BeOfType<StepOutcome.Retry>().Which.Message.Should().Contain("eo-none");
        machine.Process.Should().BeNull();
    }

    private static async Task<string?> BannerAsync(string address, int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address, port);
        using var reader = new StreamReader(client.GetStream());
        return await reader.ReadLineAsync();
    }
}
