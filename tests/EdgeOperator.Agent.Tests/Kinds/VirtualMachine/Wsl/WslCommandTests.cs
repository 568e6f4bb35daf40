using System.Collections.Immutable;
using EdgeOperator.Agent.Kinds.VirtualMachine.Wsl;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Tests.Kinds.VirtualMachine.Wsl;

public sealed class WslCommandTests
{
    private static readonly VirtualMachineSpec Machine = new()
    {
        User = "op",
        Shape = new()
        {
            Cpus = 2,
            Memory = 2L << 30,
            Network = new() { Dns = ["9.9.9.9", "1.1.1.1"] },
            SharedFolders = [new(@"C:\It's data", "/srv/data", ReadOnly: true), new("D:", "/srv/d", ReadOnly: false)],
            Interop = new() { AppendHostPath = false },
        },
        Wsl = new()
        {
            WslConfig = ImmutableSortedDictionary<string, string>.Empty.Add("wsl2.swap", "0").Add("wsl2.memory", "3GB"),
            WslConf = ImmutableSortedDictionary<string, string>.Empty.Add("boot.systemd", "true"),
        },
    };

    [Fact]
    public void Commands_are_wsl_exe_s_own()
    {
        string[] lines =
        [
            .. new[]
            {
                WslCommands.List,
                WslCommands.Import("edge", @"C:\vms\edge", @"C:\images\a.wsl", isDisk: false),
                WslCommands.Import("edge", @"C:\vms\edge", @"C:\images\a.wsl", isDisk: true),
                WslCommands.ImportInPlace("edge", @"C:\vms\edge\ext4.vhdx"),
                WslCommands.Export("edge", @"C:\vms\edge\kept.vhdx"),
                WslCommands.Unregister("edge"),
                WslCommands.Terminate("edge"),
                WslCommands.Shutdown,
                WslCommands.Resize("edge", 20L << 30),
                WslCommands.Run("edge", "root", "cat", "/etc/wsl.conf"),
            }.Select(arguments => string.Join(' ', arguments)),
        ];

        lines.Should().Equal(
            "--list --verbose",
            @"--import edge C:\vms\edge C:\images\a.wsl --version 2",
            @"--import edge C:\vms\edge C:\images\a.wsl --vhd",
            @"--import-in-place edge C:\vms\edge\ext4.vhdx",
            @"--export edge C:\vms\edge\kept.vhdx --vhd",
            "--unregister edge",
            "--terminate edge",
            "--shutdown",
            "--manage edge --resize 20480MB",
            "-d edge -u root --cd / -e cat /etc/wsl.conf");
    }

    [Fact]
    public void Fields_become_entries_and_the_manifest_s_own_entries_win()
    {
        WslEntries.OfHost([Machine, Machine with { Shape = Machine.Shape with { Cpus = 4 }, Wsl = null }]).Select(e => $"{e.Key}={e.Value}").Should().Equal(
            "general.instanceIdleTimeout=-1", "wsl2.memory=3GB", "wsl2.processors=4", "wsl2.swap=0", "wsl2.vmIdleTimeout=-1");
        WslEntries.OfGuest(Machine).Select(e => $"{e.Key}={e.Value}").Should().Equal(
            "boot.systemd=true", "interop.appendWindowsPath=false", "interop.enabled=true", "network.generateResolvConf=false", "user.default=op");
        WslEntries.OfHost([]).Should().BeEmpty();
    }

    [Theory]
    [InlineData(MachineNetworkMode.User, "")]
    [InlineData(MachineNetworkMode.Isolated, "wsl2.networkingMode=none")]
    [InlineData(MachineNetworkMode.Bridge, "wsl2.networkingMode=bridged wsl2.vmSwitch=Factory")]
    public void The_network_s_mode_is_an_entry(MachineNetworkMode mode, string expected) => string.Join(' ', WslEntries
        .OfHost([new() { Shape = new() { Network = new() { Mode = mode, Interface = mode == MachineNetworkMode.Bridge ? "Factory" : null } } }])
        .Where(e => e.Key is "wsl2.networkingMode" or "wsl2.vmSwitch").Select(e => $"{e.Key}={e.Value}")).Should().Be(expected);

    [Fact]
    public void Shared_folders_and_name_servers_are_put_in_place_by_a_script() => WslMount.Script(Machine.Shape).Should().Be("""
        set -eu
        mkdir -p /srv/data
        mountpoint -q /srv/data || mount -t drvfs -o ro,metadata 'C:\It'\''s data' /srv/data
        mkdir -p /srv/d
        mountpoint -q /srv/d || mount -t drvfs -o rw,metadata D: /srv/d
        rm -f /etc/resolv.conf
        printf 'nameserver %s\n' 9.9.9.9 1.1.1.1 > /etc/resolv.conf

        """);

    [Fact]
    public void What_WSL_can_t_do_is_said_all_at_once()
    {
        WslLimits.Check(Machine).Should().BeEmpty();
        WslLimits.Check(Machine with
        {
            Shape = new()
            {
                Memory = 64 << 20,
                Tpm = true,
                Network = new()
                {
                    Mode = MachineNetworkMode.Tap,
                    Address = "10.0.0.2/24",
                    Forwards = [new("127.0.0.1", 80, 80, "tcp"), new("127.0.0.1", 8080, 80, "tcp"), new("0.0.0.0", 80, 80, "tcp"), new("127.0.0.1", 53, 53, "udp")],
                },
                SharedFolders = [new("/srv", "/srv", ReadOnly: false), new(@"\\server", "/s", ReadOnly: false)],
            },
            Wsl = new() { WslConfig = ImmutableSortedDictionary<string, string>.Empty.Add("memory", "1GB") },
        }).Should().HaveCount(10);
    }
}
