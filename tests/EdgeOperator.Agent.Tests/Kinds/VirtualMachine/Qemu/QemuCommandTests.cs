using EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Tests.Kinds.VirtualMachine.Qemu;

public sealed class QemuCommandTests
{
    private static readonly MachineState Plain = new()
    {
        Shape = new() { Cpus = 2, Memory = 512L << 20 },
        Mac = "52:54:00:aa:bb:cc",
        Uuid = "11111111-2222-3333-4444-555555555555",
        SshPort = 2222,
    };

    [Fact]
    public void A_machine_becomes_these_arguments() => Arguments(Plain.Shape).Should().Be(
        """
        -name guest=edge -uuid 11111111-2222-3333-4444-555555555555
        -no-user-config -nodefaults -display none
        -msg timestamp=on
        -sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny
        -machine q35,graphics=off,accel=tcg
        -cpu max
        -smp cpus=2
        -m size=512M
        -rtc base=utc,clock=host
        -chardev socket,id=qmp,path=/s/vms/edge/qmp.sock,server=on,wait=off
        -mon chardev=qmp,mode=control
        -chardev socket,id=look,path=/s/vms/edge/look.sock,server=on,wait=off
        -mon chardev=look,mode=control
        -chardev socket,id=console,path=/s/vms/edge/console.sock,server=on,wait=off,logfile=/s/vms/edge/console.log,logappend=on
        -serial chardev:console
        -blockdev driver=qcow2,node-name=system,discard=unmap,file.driver=file,file.filename=/s/vms/edge/system.qcow2,file.discard=unmap
        -device virtio-blk-pci,drive=system,serial=system,werror=stop,rerror=report,bootindex=0
        -blockdev driver=qcow2,node-name=data,discard=unmap,file.driver=file,file.filename=/s/vms/edge/data.qcow2,file.discard=unmap
        -device virtio-blk-pci,drive=data,serial=data,werror=stop,rerror=report
        -blockdev driver=vvfat,node-name=cidata,dir=/s/vms/edge/cidata,label=CIDATA,read-only=on
        -device virtio-blk-pci,drive=cidata,serial=cidata
        -netdev user,id=net0,ipv6=off,hostfwd=tcp:127.0.0.1:2222-:22
        -device virtio-net-pci,netdev=net0,mac=52:54:00:aa:bb:cc,romfile=
        -device virtio-rng-pci
        -device pvpanic
        -fw_cfg name=opt/io.edgeoperator/seed,file=/s/vms/edge/seed.tar
        """);

    [Fact]
    public void Shared_folders_are_9p_devices_and_a_comma_in_a_path_ends_nothing() => Arguments(Plain.Shape with
    {
        SharedFolders = [new("/srv/a,readonly=off", "/mnt/a", ReadOnly: true), new("/srv/b", "/mnt/b", ReadOnly: false)],
    }).Should().Contain(
        """
        -fsdev local,id=share0,path=/srv/a,,readonly=off,security_model=none,readonly=on,multidevs=remap
        -device virtio-9p-pci,fsdev=share0,mount_tag=share0
        -fsdev local,id=share1,path=/srv/b,security_model=mapped-xattr,fmode=0644,dmode=0755,multidevs=remap
        -device virtio-9p-pci,fsdev=share1,mount_tag=share1
        """);

    [Fact]
    public void Folders_by_virtiofs_take_memory_that_is_shared_with_who_serves_them_and_are_offered_over_9p_too_where_that_will_do()
    {
        var (auto, only) = (new SharedFolder("/srv/a", "/mnt/a", ReadOnly: false), new SharedFolder("/srv/b", "/mnt/b", ReadOnly: false, ShareTransport.Virtiofs));
        var shares = MachineShare.Of([auto, only], new("/usr/libexec/virtiofsd", IsQemus: false, CanRefuseWrites: false));
        var arguments = Arguments(Plain with { Shape = Plain.Shape with { SharedFolders = [auto, only] }, Shares = shares });
        arguments.Should().Contain(
            """
            -m size=512M
            -object memory-backend-memfd,id=memory,share=on,size=512M
            -machine memory-backend=memory
            """).And.Contain(
            """
            -chardev socket,id=share0-fs,path=/s/vms/edge/share0/fs
            -device vhost-user-fs-pci,chardev=share0-fs,tag=share0,queue-size=1024
            -fsdev local,id=share0,path=/srv/a,security_model=mapped-xattr,fmode=0644,dmode=0755,multidevs=remap
            -device virtio-9p-pci,fsdev=share0,mount_tag=share0
            -chardev socket,id=share1-fs,path=/s/vms/edge/share1/fs
            -device vhost-user-fs-pci,chardev=share1-fs,tag=share1,queue-size=1024
            -device virtio-rng-pci
            """);
    }

    [Theory]
    [InlineData(ShareTransport.Auto, false, false, true, true)]
    [InlineData(ShareTransport.Auto, true, false, false, true)]
    [InlineData(ShareTransport.Auto, true, true, true, true)]
    [InlineData(ShareTransport.Plan9, false, true, false, true)]
    [InlineData(ShareTransport.Virtiofs, false, true, true, false)]
    public void A_folder_that_the_guest_only_reads_goes_by_virtiofs_where_that_can_refuse_its_writes(ShareTransport transport, bool readOnly, bool canRefuse, bool virtiofs, bool plan9)
    {
        var share = MachineShare.Of([new("/srv/a", "/mnt/a", readOnly, transport)], new("/usr/libexec/virtiofsd", IsQemus: false, canRefuse)).Single();

        (share.HasVirtiofs, share.HasPlan9).Should().Be((virtiofs, plan9));
        MachineShare.Of([share.Folder], virtiofsd: null).Single().HasVirtiofs.Should().BeFalse();
    }

    [Theory]
    [InlineData(true, @"-f --socket-path=/s/fs --rlimit-nofile=0 -o source=/srv/a\,b -o sandbox=chroot -o cache=auto -o timeout=0 -o xattr -o modcaps=-mknod:-setfcap -o log_level=warn")]
    [InlineData(false, "--socket-path=/s/fs --rlimit-nofile=0 --shared-dir=/srv/a,b --sandbox=chroot --xattr --modcaps=-mknod:-setfcap --log-level=warn --readonly --cache=never --allow-mmap")]
    public void Both_programs_that_serve_folders_are_told_the_same_in_their_own_words(bool isQemus, string expected) =>
        string.Join(' ', new Virtiofsd("/v", isQemus, CanRefuseWrites: true).ArgumentsOf(new("/srv/a,b", "/mnt/a", ReadOnly: true), "/s/fs")).Should().Be(expected);

    [Fact]
    public void UEFI_is_two_flash_memories_of_which_the_second_is_the_machines_own() =>
        Arguments(Plain.Shape with { Firmware = MachineFirmware.Uefi }).Should().MatchRegex("-drive if=pflash,unit=0,format=raw,readonly=on,file=.*\n-drive if=pflash,unit=1,format=raw,file=/s/vms/edge/firmware.fd");

    [Fact]
    public void Forwards_lead_into_the_guest_and_an_isolated_guest_nowhere_else() => Network(new()
    {
        Mode = MachineNetworkMode.Isolated,
        Forwards = [new("127.0.0.1", 8080, 80, "tcp"), new("0.0.0.0", 5353, 53, "udp")],
    }).Should().Be(
        """
        -netdev user,id=net0,ipv6=off,restrict=on,hostfwd=tcp:127.0.0.1:2222-:22,hostfwd=tcp:127.0.0.1:8080-:80,hostfwd=udp:0.0.0.0:5353-:53
        -device virtio-net-pci,netdev=net0,mac=52:54:00:aa:bb:cc,romfile=
        """);

    [Theory]
    [InlineData("192.168.7.20/24", null, "net=192.168.7.0/24,host=192.168.7.1,dns=192.168.7.4,dhcpstart=192.168.7.20")]
    [InlineData("192.168.7.20/24", "192.168.7.254", "net=192.168.7.0/24,host=192.168.7.254,dns=192.168.7.4,dhcpstart=192.168.7.20")]
    [InlineData("192.168.7.1/24", "192.168.7.2", "net=192.168.7.0/24,host=192.168.7.2,dns=192.168.7.4,dhcpstart=192.168.7.1")]
    [InlineData("10.1.2.4/29", null, "net=10.1.2.0/29,host=10.1.2.1,dns=10.1.2.3,dhcpstart=10.1.2.4")]
    public void A_guest_with_an_address_of_its_own_is_offered_it(string address, string? gateway, string expected) =>
        Network(new() { Address = address, Gateway = gateway }).Should().Contain($",ipv6=off,{expected},hostfwd=");

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("10.0.0.1/30")]
    [InlineData("10.0.0.1/x")]
    [InlineData("fd00::1/64")]
    [InlineData("nonsense/24")]
    public void An_address_that_cannot_be_is_refused(string address) =>
        FluentActions.Invoking(() => Network(new() { Address = address })).Should().Throw<FormatException>().WithMessage($"*{address}*");

    [Fact]
    public void A_guest_on_a_bridge_has_a_second_card_that_leads_to_the_host_alone()
    {
        var network = new MachineNetwork { Mode = MachineNetworkMode.Bridge, Interface = "br0", Forwards = [new("127.0.0.1", 8080, 80, "tcp")] };
        var tap = NetworkOptions.TapOf(network, Plain.Mac);
        tap.Length.Should().BeLessThanOrEqualTo(15);
        Network(network).Should().Be(
            $"""
            -netdev tap,id=net0,ifname={tap},script=no,downscript=no
            -device virtio-net-pci,netdev=net0,mac=52:54:00:aa:bb:cc,romfile=
            -netdev user,id=line0,ipv6=off,restrict=on,net=169.254.199.0/24,dhcpstart=169.254.199.15,hostfwd=tcp:127.0.0.1:2222-:22,hostfwd=tcp:127.0.0.1:8080-:80
            -device virtio-net-pci,netdev=line0,mac=52:54:00:aa:bb:cd,romfile=
            """);
    }

    [Fact]
    public void A_tap_device_has_the_name_that_was_given() =>
        Network(new() { Mode = MachineNetworkMode.Tap, Interface = "tap7" }).Should().StartWith("-netdev tap,id=net0,ifname=tap7,script=no,downscript=no\n");

    [Fact]
    public void A_security_module_is_reached_over_its_socket() => Arguments(Plain.Shape with { Tpm = true }).Should().EndWith(
        """
        -chardev socket,id=tpm,path=/s/vms/edge/tpm/tpm.sock
        -tpmdev emulator,id=tpm0,chardev=tpm
        -device tpm-crb,tpmdev=tpm0
        """);

    [Fact]
    public void Nothing_listens_but_on_the_loopback_and_on_sockets() =>
        Arguments(Plain.Shape).Should().NotContainAny("0.0.0.0", "-vnc", "-spice", "tcp::", "telnet");

    private static string Network(MachineNetwork network) => Lines(NetworkOptions.Of(network, Plain));

    private static string Arguments(VirtualMachineConfig shape) => Arguments(Plain with { Shape = shape });

    private static string Arguments(MachineState state) => Lines(QemuCommand.ArgumentsOf(new("/s/vms/edge"), state, "tcg"));

    /// <summary>An option with its value is a line; those before the sandbox are as they come.</summary>
    private static string Lines(IEnumerable<string> arguments) => string.Join(' ', arguments)
        .Replace(" -", "\n-", StringComparison.Ordinal)
        .Replace("edge\n-uuid", "edge -uuid", StringComparison.Ordinal)
        .Replace("-no-user-config\n-nodefaults\n-display", "-no-user-config -nodefaults -display", StringComparison.Ordinal);
}
