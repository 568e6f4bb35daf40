using System.Collections.Immutable;
using System.Globalization;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>A machine as QEMU's arguments (qemu-system-x86_64(1), of version 7.2 and newer). No secret is among them.</summary>
internal static class QemuCommand
{
    /// <summary>The node of the system disk.</summary>
    public const string SystemNode = "system";

    /// <summary>The node of the data disk, which grows while the machine runs.</summary>
    public const string DataNode = "data";

    /// <summary>Where the guest finds its seed.</summary>
    private const string CloudNode = "cidata";

    private const string SeedName = "opt/io.edgeoperator/seed";

    private const long Mebibyte = 1024 * 1024;

    /// <param name="accelerator">See <see cref="Accelerator"/>.</param>
    public static ImmutableArray<string> ArgumentsOf(MachineFolder folder, MachineState record, string accelerator)
    {
        var shape = record.Shape;
        return
        [
            "-name", $"guest={folder.Name}", "-uuid", record.Uuid,
            "-no-user-config", "-nodefaults", "-display", "none", "-msg", "timestamp=on",
            "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
            .. Hardware(shape, accelerator, record.Offered.Any(share => share.HasVirtiofs)),
            "-rtc", "base=utc,clock=host",
            .. Monitor("qmp", folder.Qmp), .. Monitor("look", folder.ReadOnlyQmp),
            "-chardev", $"socket,id=console,path={Escape(folder.ConsoleSocket)},server=on,wait=off,logfile={Escape(folder.Console)},logappend=on", "-serial", "chardev:console",
            .. Disk(SystemNode, folder.SystemDisk, bootIndex: 0), .. Disk(DataNode, folder.DataDisk, bootIndex: null),
            "-blockdev", $"driver=vvfat,node-name={CloudNode},dir={Escape(folder.CloudSeed)},label={CloudSeed.Label},read-only=on", "-device", $"virtio-blk-pci,drive={CloudNode},serial={CloudNode}",
            .. shape.Firmware == MachineFirmware.Uefi ? Uefi(folder) : [],
            .. NetworkOptions.Of(shape.Network, record),
            .. record.Offered.SelectMany(share => Share(folder, share)),
            "-device", "virtio-rng-pci",

            // Tells of a kernel that has panicked.
            "-device", "pvpanic",
            "-fw_cfg", $"name={SeedName},file={Escape(folder.Seed)}",
            .. shape.Tpm ? Tpm(folder) : [],
        ];
    }

    /// <summary>The same without what a machine that runs has to itself (disks, ports, tap devices, sockets), halted, with the monitor on standard input and output.</summary>
    public static ImmutableArray<string> RehearsalOf(MachineFolder folder, VirtualMachineConfig shape, string accelerator)
    {
        var record = new MachineState { Shape = shape, Mac = "52:54:00:00:00:00", Uuid = "" };
        return
        [
            "-S", "-no-user-config", "-nodefaults", "-display", "none", "-qmp", "stdio", "-name", $"guest={folder.Name}-rehearsal",
            .. Hardware(shape, accelerator, sharesMemory: false),
            .. NetworkOptions.RehearsalOf(shape.Network, record),
            .. MachineShare.Of(shape.SharedFolders, virtiofsd: null).SelectMany(share => Plan9(share)),
        ];
    }

    /// <summary>
    /// All that the processor can do; a machine never moves to another host. On the older machine type, <c>pc</c>, a guest interprets
    /// ACPI code for each device's interrupt: 0.1 s a device when it is emulated. Without graphics the firmware speaks to the console.
    /// </summary>
    public static ImmutableArray<string> ProcessorOf(string accelerator) => ["-machine", $"q35,graphics=off,accel={accelerator}", "-cpu", "max"];

    /// <summary>A value within an option: a comma ends it, two are one.</summary>
    public static string Escape(string value) => value.Replace(",", ",,", StringComparison.Ordinal);

    // Those who serve folders by virtiofs read and write the guest's memory. Of such memory QEMU learns too late that the host has not enough.
    private static ImmutableArray<string> Hardware(VirtualMachineConfig shape, string accelerator, bool sharesMemory)
    {
        var size = Text($"size={(shape.Memory + Mebibyte - 1) / Mebibyte}M");
        return
        [
            .. ProcessorOf(accelerator), "-smp", Text($"cpus={shape.Cpus}"), "-m", size,
            .. sharesMemory ? ["-object", $"memory-backend-memfd,id=memory,share=on,{size}", "-machine", "memory-backend=memory"] : (ImmutableArray<string>)[],
        ];
    }

    private static ImmutableArray<string> Monitor(string name, string socket) =>
        ["-chardev", $"socket,id={name},path={Escape(socket)},server=on,wait=off", "-mon", $"chardev={name},mode=control"];

    // A disk of the host that is full halts the machine, until there is room again: the guest must not take that for a broken disk.
    private static ImmutableArray<string> Disk(string name, string path, int? bootIndex) =>
    [
        "-blockdev", $"driver=qcow2,node-name={name},discard=unmap,file.driver=file,file.filename={Escape(path)},file.discard=unmap",
        "-device", $"virtio-blk-pci,drive={name},serial={name},werror=stop,rerror=report{(bootIndex is { } index ? Text($",bootindex={index}") : "")}",
    ];

    private static IEnumerable<string> Share(MachineFolder folder, MachineShare share) => [.. Virtiofs(folder, share), .. Plan9(share)];

    private static ImmutableArray<string> Virtiofs(MachineFolder folder, MachineShare share) => share.HasVirtiofs
        ? ["-chardev", $"socket,id={share.Tag}-fs,path={Escape(folder.ShareSocket(share.Tag))}", "-device", $"vhost-user-fs-pci,chardev={share.Tag}-fs,tag={share.Tag},queue-size=1024"]
        : [];

    // The guest's owners and modes are kept in extended attributes: the host sees files of the agent's user, and none that is set-id.
    // Links are files to that, and the host's can't be followed; where the guest writes nothing, all is as it is on the host.
    private static ImmutableArray<string> Plan9(MachineShare share) => share.HasPlan9
        ?
        [
            "-fsdev", $"local,id={share.Tag},path={Escape(share.Folder.Host)},{(share.Folder.ReadOnly ? "security_model=none,readonly=on" : "security_model=mapped-xattr,fmode=0644,dmode=0755")},multidevs=remap",
            "-device", $"virtio-9p-pci,fsdev={share.Tag},mount_tag={share.Tag}",
        ]
        : [];

    private static ImmutableArray<string> Uefi(MachineFolder folder) =>
    [
        "-drive", $"if=pflash,unit=0,format=raw,readonly=on,file={Escape(UefiFirmware.Installed?.Code ?? "")}",
        "-drive", $"if=pflash,unit=1,format=raw,file={Escape(folder.FirmwareVariables)}",
    ];

    private static ImmutableArray<string> Tpm(MachineFolder folder) =>
    [
        "-chardev", $"socket,id=tpm,path={Escape(folder.TpmSocket)}", "-tpmdev", "emulator,id=tpm0,chardev=tpm", "-device", "tpm-crb,tpmdev=tpm0",
    ];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
