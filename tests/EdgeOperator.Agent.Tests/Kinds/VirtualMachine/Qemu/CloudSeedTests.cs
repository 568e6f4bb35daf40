using System.Formats.Tar;
using System.Text.Json;
using EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Kinds.VirtualMachine.Qemu;

public sealed class CloudSeedTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void It_is_what_cloud_init_looks_for()
    {
        var state = MachineState.New(new() { Network = new() { Mode = MachineNetworkMode.Bridge, Interface = "br0", Address = "192.168.7.2/24", Gateway = "192.168.7.1", Dns = ["9.9.9.9"] } });
        CloudSeed.Write(Folder, state with { Mac = "52:54:00:00:00:10" }, "seed"u8.ToArray());

        Directory.GetFiles(Folder.CloudSeed).Select(Path.GetFileName).Should().BeEquivalentTo("user-data", "meta-data", "network-config", "guest.tar", "seed.tar", "boot");
        Json("meta-data").GetProperty("instance-id").GetString().Should().Be($"edgeop-{state.Uuid}");
        Text("user-data").Should().StartWith("#cloud-config\n{").And.Contain("LABEL=CIDATA");
        Json("network-config").ToString().Should().Be(
            """{"version":2,"ethernets":{"eth0":{"match":{"macaddress":"52:54:00:00:00:10"},"set-name":"eth0","dhcp4":false,"addresses":["192.168.7.2/24"],"gateway4":"192.168.7.1","nameservers":{"addresses":["9.9.9.9"]}},"eth1":{"match":{"macaddress":"52:54:00:00:00:11"},"set-name":"eth1","dhcp4":false,"addresses":["169.254.199.15/24"]}}}""");
    }

    [Fact]
    public void The_guests_programs_are_those_of_the_guest_image_but_where_a_cloud_image_has_its_own()
    {
        CloudSeed.Write(Folder, MachineState.New(new()), default);

        using var tar = new TarReader(File.OpenRead(Path.Combine(Folder.CloudSeed, "guest.tar")));
        var programs = new Dictionary<string, string>();
        while (tar.GetNextEntry() is { } entry)
            programs.Add(entry.Name, new StreamReader(entry.DataStream!).ReadToEnd());
        programs.Keys.Should().Contain(["report", "provision", "seed", "interop", "engine-version", "wslpath", "data-device"]);
        programs["names"].Should().Contain("resolvectl");
        programs["report"].Should().Contain("memory.total");
        programs.Values.Should().OnlyContain(text => text.StartsWith("#!/bin/sh"));
    }

    public void Dispose() => _folder.Dispose();

    private MachineFolder Folder => new(Path.Combine(_folder, "edge"));

    private string Text(string name) => File.ReadAllText(Path.Combine(Folder.CloudSeed, name));

    private JsonElement Json(string name) => JsonDocument.Parse(Text(name)).RootElement;
}
