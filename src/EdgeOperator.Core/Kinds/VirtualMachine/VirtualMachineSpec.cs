using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Serialization;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Kinds.VirtualMachine;

public enum MachineDriver
{
    /// <summary>QEMU on Linux; on Windows EFLOW where it is installed, otherwise WSL.</summary>
    Auto,
    Qemu,
    Eflow,
    Wsl,
}

public enum MachinePower
{
    Running,
    Stopped,
}

/// <summary>The desired virtual machine.</summary>
public sealed record VirtualMachineSpec
{
    public MachineDriver Driver { get; init; }

    public VirtualMachineConfig Shape { get; init; } = new();

    public MachineProvisioning Provisioning { get; init; } = new();

    public MachinePower Power { get; init; }

    /// <summary>Whom commands in the guest run as when nobody is named.</summary>
    public string User { get; init; } = "root";

    /// <summary>How long the guest may take to shut down before it is switched off.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What only the EFLOW driver understands; null for its defaults.</summary>
    public EflowSettings? Eflow { get; init; }

    /// <summary>What only the WSL driver understands; null for its defaults.</summary>
    public WslSettings? Wsl { get; init; }

    [JsonIgnore]
    public string Hash => SpecHash.Once(this, static spec => SpecHash.Of(spec.Canonical(), VirtualMachineJson.Default.VirtualMachineSpec));

    /// <summary>Where an image comes from does not count: its hash says what it is.</summary>
    private VirtualMachineSpec Canonical() => this with { Shape = Shape with { Image = Shape.Image is { } image ? image with { Location = "" } : null } };
}

/// <summary>The machine itself: what a running one is compared with, field by field.</summary>
public sealed record VirtualMachineConfig
{
    /// <summary>Virtual processors, 1 to 256.</summary>
    public int Cpus { get; init; } = 1;

    /// <summary>Bytes.</summary>
    public long Memory { get; init; } = 1L << 30;

    /// <summary>Bytes of the writable data disk; may only grow.</summary>
    public long DiskSize { get; init; } = 10L << 30;

    /// <summary>The read-only system; null where the driver brings its own.</summary>
    public MachineImage? Image { get; init; }

    public MachineNetwork Network { get; init; } = new();

    public ImmutableArray<SharedFolder> SharedFolders { get; init; } = [];

    public MachineInterop Interop { get; init; } = new();

    public bool Tpm { get; init; }

    /// <summary>What starts the system of the image.</summary>
    public MachineFirmware Firmware { get; init; }
}

public enum MachineFirmware
{
    Bios,
    Uefi,
}

/// <param name="Location">An absolute path on the device, or an http(s) URL.</param>
/// <param name="Sha256">Of the file, in lower-case hex: what the machine is compared by.</param>
public sealed record MachineImage(string Location, string Sha256)
{
    public bool IsRemote => Location.Contains("://", StringComparison.Ordinal);
}

public enum MachineNetworkMode
{
    /// <summary>Behind the host, which forwards ports; the guest reaches the host as <c>10.0.2.2</c>.</summary>
    User,

    /// <summary>As <see cref="User"/>, but the guest reaches nothing; only forwards and the bridge work.</summary>
    Isolated,

    /// <summary>On a bridge of the host.</summary>
    Bridge,

    /// <summary>On a tap device of the host.</summary>
    Tap,
}

public sealed record MachineNetwork
{
    public MachineNetworkMode Mode { get; init; }

    /// <summary>The host's bridge or tap device; null in the other modes.</summary>
    public string? Interface { get; init; }

    /// <summary>A static address with its prefix length, such as <c>192.168.7.2/24</c>; null for DHCP.</summary>
    public string? Address { get; init; }

    public string? Gateway { get; init; }

    /// <summary>Addresses of name servers; empty for what the network offers.</summary>
    public ImmutableArray<string> Dns { get; init; } = [];

    public ImmutableArray<PortForward> Forwards { get; init; } = [];
}

/// <summary>A port of the host that leads into the guest.</summary>
/// <param name="Address">The host's address to listen on.</param>
/// <param name="Protocol"><c>tcp</c> or <c>udp</c>.</param>
public sealed record PortForward(string Address, int Host, int Guest, string Protocol)
{
    private const string Everywhere = "0.0.0.0";

    /// <summary>Whether both can't be had at once.</summary>
    public bool Overlaps(PortForward other) =>
        Host == other.Host && Protocol == other.Protocol && (Address == other.Address || Address == Everywhere || other.Address == Everywhere);

    public override string ToString() => $"{Address}:{Host}:{Guest}/{Protocol}";
}

/// <summary>What crosses between host and guest.</summary>
public sealed record MachineInterop
{
    /// <summary>Whether the guest may run the host's programs and variables are shared.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Whether <see cref="Programs"/> are in the guest's PATH.</summary>
    public bool AppendHostPath { get; init; } = true;

    /// <summary>Variables that are shared, as entries of WSLENV: <c>NAME</c> or <c>NAME/flags</c>.</summary>
    public ImmutableArray<string> Env { get; init; } = [];

    /// <summary>The host's programs that the guest may run, all others being refused: names as the guest calls them, and absolute paths.</summary>
    public ImmutableSortedDictionary<string, string> Programs { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Which users of the guest may run a program, by its name; a program that is not here may be run by all.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> GuestUsers { get; init; } = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>Whom the host's programs run as; null for <see cref="DefaultUser"/>, or where the agent is not root for the agent's own user.</summary>
    public string? User { get; init; }

    /// <summary>A user without rights of its own, which every Linux has.</summary>
    public const string DefaultUser = "nobody";

    /// <summary>Every user of the guest that may run what not all may.</summary>
    [JsonIgnore]
    public IEnumerable<string> NamedGuestUsers => GuestUsers.Values.SelectMany(users => users).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
}

/// <summary>What is put into the guest once it runs. Its hash stands for it: the guest notes which one it has.</summary>
public sealed record MachineProvisioning
{
    public ImmutableArray<GuestFile> Files { get; init; } = [];

    public ImmutableArray<GuestUser> Users { get; init; } = [];

    /// <summary>Shell commands, run in order as root after files and users; each must end with 0.</summary>
    public ImmutableArray<string> Commands { get; init; } = [];

    [JsonIgnore]
    public bool IsEmpty => Files.IsEmpty && Users.IsEmpty && Commands.IsEmpty;

    [JsonIgnore]
    public string Hash => SpecHash.Of(this, VirtualMachineJson.Default.MachineProvisioning);

    /// <summary>A text with every reference to a secret that stands in it; empty when there is none.</summary>
    [JsonIgnore]
    public string References => string.Concat(Files.Select(file => Encoding.Latin1.GetString(file.Content.Span)).Concat(Commands).SelectMany(SecretReference.In));
}

/// <param name="Path">Absolute, in the guest.</param>
/// <param name="Mode">Permission bits, 0 to 0o7777.</param>
/// <param name="Owner"><c>user</c> or <c>user:group</c>; null for root.</param>
public sealed record GuestFile(string Path, ReadOnlyMemory<byte> Content, int Mode, string? Owner);

/// <param name="SshKeys">Public keys that may sign in as the user, as in authorized_keys.</param>
public sealed record GuestUser(string Name, ImmutableArray<string> SshKeys, ImmutableArray<string> Groups, string? Shell);

/// <summary>Settings of EFLOW machines; names as in the AzureEFLOW PowerShell module.</summary>
public sealed record EflowSettings
{
    /// <summary>Without it EFLOW can't be deployed.</summary>
    public bool AcceptEula { get; init; }

    public bool OptionalTelemetry { get; init; }

    public string? SwitchName { get; init; }

    /// <summary><c>Internal</c> or <c>External</c>.</summary>
    public string? SwitchType { get; init; }

    public string? GpuName { get; init; }

    /// <summary><c>DirectDeviceAssignment</c> or <c>ParaVirtualization</c>.</summary>
    public string? GpuPassthrough { get; init; }

    public int? GpuCount { get; init; }

    /// <summary><c>Small</c> (1 GB) or <c>Large</c> (6 GB).</summary>
    public string? LogSize { get; init; }

    /// <summary>Features that are on, such as <c>Defender</c>.</summary>
    public ImmutableArray<string> Features { get; init; } = [];

    /// <summary>Parameters of <c>Provision-EflowVm</c>, <c>provisioningType</c> among them; empty leaves the runtime unprovisioned.</summary>
    public ImmutableSortedDictionary<string, string> Identity { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>Settings of WSL distributions.</summary>
public sealed record WslSettings
{
    /// <summary>The distribution's name; null for the machine's own.</summary>
    public string? Distribution { get; init; }

    /// <summary>Entries of <c>.wslconfig</c> other than those that the spec's own fields give, as <c>section.key</c>.</summary>
    public ImmutableSortedDictionary<string, string> WslConfig { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Entries of the distribution's <c>wsl.conf</c> other than those that the spec's own fields give, as <c>section.key</c>.</summary>
    public ImmutableSortedDictionary<string, string> WslConf { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}
