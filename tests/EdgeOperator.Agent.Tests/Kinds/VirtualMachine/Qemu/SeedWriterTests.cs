using System.Formats.Tar;
using EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;
using EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Tests.Kinds.VirtualMachine.Qemu;

public sealed class SeedWriterTests
{
    private static readonly SeedFile[] Bridge = [new("interop/id_ed25519", "key"u8.ToArray(), IsSecret: true), new("authorized_keys", "ssh-ed25519 AAAA\n"u8.ToArray())];

    [Fact]
    public void The_guest_is_told_who_it_is()
    {
        var seed = Read(SeedWriter.Write("edge", Machine(new() { SharedFolders = [new("/srv", "/mnt/with space", ReadOnly: true), new("/opt", "/mnt/o", ReadOnly: false)] }), Bridge));
        seed.Should().BeEquivalentTo(new Dictionary<string, string>
        {
            ["hostname"] = "edge\n",
            ["network"] = "address 10.0.2.15/24\ngateway 10.0.2.2\ndns 10.0.2.3\n",
            ["shares"] = "share0\tro\t/mnt/with space\nshare1\trw\t/mnt/o\n",
            ["folders"] = "/mnt/with space\t/srv\n/mnt/o\t/opt\n",
            ["authorized_keys"] = "ssh-ed25519 AAAA\n",
            ["interop"] = "",
            ["interop/id_ed25519"] = "key",
        });
    }

    [Theory]
    [InlineData(MachineNetworkMode.User, null, "", "address 10.0.2.15/24\ngateway 10.0.2.2\ndns 9.9.9.9\n")]
    [InlineData(MachineNetworkMode.Bridge, null, "", "dns 9.9.9.9\nline 169.254.199.15/24\n")]
    [InlineData(MachineNetworkMode.User, "192.168.7.20/24", "", "address 192.168.7.20/24\ngateway 192.168.7.1\ndns 9.9.9.9\n")]
    [InlineData(MachineNetworkMode.User, "192.168.7.20/24", "192.168.7.9", "address 192.168.7.20/24\ngateway 192.168.7.9\ndns 9.9.9.9\n")]
    [InlineData(MachineNetworkMode.Bridge, "192.168.7.20/24", "", "address 192.168.7.20/24\ndns 9.9.9.9\nline 169.254.199.15/24\n")]
    public void The_network_is_told_in_lines(MachineNetworkMode mode, string? address, string gateway, string expected) =>
        Network(new() { Mode = mode, Address = address, Gateway = gateway.Length > 0 ? gateway : null, Dns = ["9.9.9.9"] }).Should().Be(expected);

    [Fact]
    public void A_guest_with_an_address_and_no_name_server_asks_the_host() =>
        Network(new() { Address = "192.168.7.20/24" }).Should().EndWith("dns 192.168.7.4\n");

    [Fact]
    public void The_same_content_makes_the_same_bytes_in_whatever_order_it_comes()
    {
        var seed = SeedWriter.Write("edge", Machine(new()), Bridge);
        SeedWriter.Write("edge", Machine(new()), Bridge.Reverse()).Should().Equal(seed);
        SeedWriter.Write("other", Machine(new()), Bridge).Should().NotEqual(seed);
    }

    [Fact]
    public void A_secret_is_for_root_alone()
    {
        using var tar = new TarReader(new MemoryStream(SeedWriter.Write("edge", Machine(new()), Bridge)));
        var modes = new Dictionary<string, UnixFileMode>();
        while (tar.GetNextEntry() is { } entry)
            modes[entry.Name] = entry.Mode;
        modes["interop/id_ed25519"].Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        modes["authorized_keys"].Should().HaveFlag(UnixFileMode.OtherRead);
    }

    private static MachineState Machine(VirtualMachineConfig shape) => new() { Shape = shape, Mac = "52:54:00:aa:bb:cc", Uuid = "" };

    private static string Network(MachineNetwork network) => Read(SeedWriter.Write("edge", Machine(new() { Network = network }), []))["network"];

    private static Dictionary<string, string> Read(byte[] seed)
    {
        var content = new Dictionary<string, string>();
        using var tar = new TarReader(new MemoryStream(seed));
        while (tar.GetNextEntry() is { } entry)
            content[entry.Name] = entry.DataStream is null ? "" : new StreamReader(entry.DataStream).ReadToEnd();
        return content;
    }
}
