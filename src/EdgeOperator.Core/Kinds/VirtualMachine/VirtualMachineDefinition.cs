using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Definitions;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Kinds.VirtualMachine;

internal static class VirtualMachineDefinition
{
    public static KindDefinition Kind { get; } = new(
        KindNames.VirtualMachine,
        "A Linux machine beside the host, made from an image, with a data disk of its own.",
        new([
            new("driver", Driver(), "What runs the machine; `auto` takes QEMU on Linux, and on Windows EFLOW where it is installed, otherwise WSL.") { Default = "auto" },
            new("cpus", new IntegerType("a whole number", 1, 256), "Virtual processors.") { Default = "1" },
            new("memory", new MemoryType(64 << 20), "Memory, such as `512Mi`, rounded up to whole MiB.") { Default = "1Gi" },
            new("disk", Disk(), "The image that the machine is made from, and its data disk.") { Default = "{}" },
            new("network", Network(), "How the machine is reached, and what it reaches.") { Default = "{}" },
            new("sharedFolders", new ListType(SharedFolder()), "Folders of the host that the guest sees; they must lie below one of the agent's `virtualMachines.sharedRoots`.") { Default = "[]" },
            new("interop", Interop(), "What crosses between host and guest.") { Default = "{}" },
            new("tpm", BooleanType.Instance, "Give the machine a TPM.") { Default = "false" },
            new("firmware", new ChoiceType(new("bios", nameof(MachineFirmware.Bios)), new("uefi", nameof(MachineFirmware.Uefi))), "What starts the system of the image: many images take both.") { Default = "bios" },
            new("provisioning", Provisioning(), "What is put into the guest once it runs; again whenever it changes.") { Default = "{}" },
            new("power", new ChoiceType(new("running", nameof(MachinePower.Running)), new("stopped", nameof(MachinePower.Stopped))), "Whether the machine should run.") { Default = "running" },
            new("user", Names.GuestUser, "Whom commands run as in the guest when nobody is named: `root`, or one of `provisioning.users`.") { Default = "root" },
            new("stopTimeout", new DurationType(TimeSpan.Zero, TimeSpan.FromHours(1)), "How long the guest may take to shut down before it is switched off.") { Default = "60s" },
            new("eflow", Eflow(), "What only EFLOW understands."),
            new("wsl", Wsl(), "What only WSL understands."),
            .. CommonFields.All,
        ]));

    private static ChoiceType Driver() => new(
        [.. Enum.GetValues<MachineDriver>().Select(driver => new Choice(driver.ToString().ToLowerInvariant(), driver.ToString()))]);

    private static ObjectType Disk() => new(
        new("size", new MemoryType(64 << 20), "The data disk's size, such as `10Gi`, rounded up to whole MiB. It may only grow.") { Default = "10Gi" },
        new("image", Image(), "The read-only system; absent where the driver brings its own."));

    private static ObjectType Image() => new(
        new("path", Names.AbsolutePath, "A file on the device."),
        new("url", Names.HttpUrl, "A file that the device fetches."),
        new("sha256", Names.Sha256, "The file's SHA-256, by which images are told apart.") { Required = true })
    {
        Rules = [new Rule.ExactlyOne("path", "url")],
    };

    private static ObjectType Network() => new(
        new("mode", Mode(), "`user` puts the machine behind the host; `isolated` too, but the guest reaches nothing; `bridge` and `tap` join a network of the host's.") { Default = "user" },
        new("interface", Names.NetworkInterface, "The host's bridge or tap device."),
        new("address", NetworkAddressType.Instance, "A static address with its prefix length; absent means DHCP."),
        new("gateway", IpAddressType.Instance, "The way out of the network of `address`."),
        new("dns", new ListType(IpAddressType.Instance), "Name servers; empty means what the network offers.") { Default = "[]" },
        new("forwards", new ListType(PortForwardType.Instance), "Ports of the host that lead into the guest: `[address:]host:guest[/protocol]`, or mappings; without an address on `127.0.0.1` alone.") { Default = "[]" })
    {
        Rules = [new Rule.OnlyWhen("mode", ["bridge", "tap"], "interface")],
    };

    private static ChoiceType Mode() => new(
        new("user", nameof(MachineNetworkMode.User)),
        new("isolated", nameof(MachineNetworkMode.Isolated)),
        new("bridge", nameof(MachineNetworkMode.Bridge)),
        new("tap", nameof(MachineNetworkMode.Tap)));

    private static ObjectType SharedFolder() => new(
        new("host", Names.AbsolutePath, "The folder on the host.") { Required = true },
        new("guest", Names.GuestPath, "Where the guest sees it.") { Required = true },
        new("readOnly", BooleanType.Instance, "Whether the guest may only read.") { Default = "false" },
        new("transport", Transport(), "How the folder reaches the guest of a QEMU machine: `auto` takes virtiofs where host and guest have it, otherwise 9p.") { Default = "auto" });

    private static ChoiceType Transport() => new(
        new("auto", nameof(ShareTransport.Auto)),
        new("virtiofs", nameof(ShareTransport.Virtiofs)),
        new("9p", nameof(ShareTransport.Plan9)));

    private static ObjectType Interop() => new(
        new("enabled", BooleanType.Instance, "Whether the guest may run `programs`, and variables are shared.") { Default = "true" },
        new("appendHostPath", BooleanType.Instance, "Whether `programs` are in the guest's PATH.") { Default = "true" },
        new("env", new ListType(Names.SharedVariable), "Variables that are shared, as entries of WSLENV: `NAME`, or `NAME/flags` with the flags `p` (a path), `l` (a list of paths), `u` (to the guest only) and `w` (to the host only).") { Default = "[]" },
        new("programs", new MapType(Names.ProgramName, Names.AbsolutePath), "The host's programs that the guest may run, all others being refused: names as the guest calls them, and absolute paths.") { Default = "{}" },
        new("guestUsers", new MapType(Names.ProgramName, new ListType(Names.GuestUser)), "Which users of the guest may run a program, by its name in `programs`; one that is not here may be run by every user.") { Default = "{}" },
        new("user", Names.Owner, "Whom the host's programs run as; absent means `nobody`, or where the agent is not root the agent's own user. `root` only where it is written."));

    private static ObjectType Provisioning() => new(
        new("files", new ListType(File()), "Files that are written first.") { Default = "[]" },
        new("users", new ListType(User()), "Users that are made, or brought up to date, next.") { Default = "[]" },
        new("commands", new ListType(TextType.WithSecrets), "Shell commands that are run at last, in order, as root; each must end with 0, and may be run again.") { Default = "[]" });

    private static ObjectType File() => new(
        new("path", Names.GuestPath, "The file's absolute path in the guest.") { Required = true },
        new("content", new TextType(allowNul: true, takesSecrets: true), "The file's content as UTF-8 text. Variables are rendered; `$${` is a literal `${`."),
        new("source", StringType.Any, "A file of the source to copy byte for byte: relative to the manifest's folder, or from the source's root with a leading `/`."),
        new("mode", FileModeType.Instance, "Permission bits as octal digits.") { Default = "\"0644\"" },
        new("owner", Names.Owner, "`user` or `user:group`, by name or number; absent means root."))
    {
        Rules = [new Rule.ExactlyOne("content", "source")],
    };

    private static ObjectType User() => new(
        new("name", Names.GuestUser, "The user's name.") { Required = true },
        new("sshKeys", new ListType(SshKeyType.Instance), "Public keys that may sign in as the user.") { Default = "[]" },
        new("groups", new ListType(Names.GuestUser), "Groups of the guest that the user belongs to.") { Default = "[]" },
        new("shell", Names.GuestPath, "The user's shell; absent means the guest's default."));

    private static ObjectType Eflow() => new(
        new("acceptEula", BooleanType.Instance, "Accept Microsoft's licence terms; without it EFLOW can't be deployed.") { Default = "false" },
        new("optionalTelemetry", BooleanType.Instance, "Send optional telemetry to Microsoft.") { Default = "false" },
        new("switchName", StringType.Any, "The virtual switch."),
        new("switchType", Words("Internal", "External"), "The virtual switch's type."),
        new("gpuName", StringType.Any, "The graphics card that the machine gets."),
        new("gpuPassthrough", Words("DirectDeviceAssignment", "ParaVirtualization"), "How the machine gets it."),
        new("gpuCount", new IntegerType("a whole number", 1, 64), "How many of them."),
        new("logSize", Words("Small", "Large"), "The log partition's size: 1 GB or 6 GB."),
        new("features", new ListType(StringType.Any), "Features that are on, such as `Defender`.") { Default = "[]" },
        new("identity", new MapType(Names.VariableKey, TextType.Any), "Parameters of `Provision-EflowVm`, `provisioningType` among them; empty leaves the runtime unprovisioned.") { Default = "{}" });

    private static ObjectType Wsl() => new(
        new("distribution", Names.EngineObject, "The distribution's name; absent means the machine's own."),
        new("wslConfig", new MapType(Names.VariableKey, TextType.Any), "Entries of `.wslconfig`, as `section.key`, besides those that other fields give.") { Default = "{}" },
        new("wslConf", new MapType(Names.VariableKey, TextType.Any), "Entries of the distribution's `wsl.conf`, as `section.key`, besides those that other fields give.") { Default = "{}" });

    private static ChoiceType Words(params string[] words) => new([.. words.Select(word => new Choice(word, word))]);
}
