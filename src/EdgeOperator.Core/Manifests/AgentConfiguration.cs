using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace EdgeOperator.Core.Manifests;

/// <summary>The agent's own file, <c>agent.yaml</c>, with every default in its initialiser.</summary>
public sealed record AgentConfiguration
{
    public required DeviceIdentity Device { get; init; }

    /// <summary>Later sources win by <c>Kind/name</c>.</summary>
    public ImmutableArray<SourceConfiguration> Sources { get; init; } = [];

    public EngineConfiguration Engine { get; init; } = new();

    public ImagesConfiguration Images { get; init; } = new();

    public string StateDirectory { get; init; } = StandardPaths.State;

    public ApiConfiguration Api { get; init; } = new();

    public ReconcileConfiguration Reconcile { get; init; } = new();

    public FilesConfiguration Files { get; init; } = new();

    public FunctionsConfiguration Functions { get; init; } = new();

    public MachinesConfiguration VirtualMachines { get; init; } = new();

    public TelemetryConfiguration Telemetry { get; init; } = new();

    public RemoteConfiguration Remote { get; init; } = new();

    public UpdatesConfiguration Updates { get; init; } = new();

    public SecretsConfiguration Secrets { get; init; } = new();

    /// <summary>Where it was read from, as an absolute path; null when it is no file's.</summary>
    [JsonIgnore]
    public string? File { get; init; }
}

public sealed record DeviceIdentity(
    string Name,
    ImmutableSortedDictionary<string, string> Labels,
    ImmutableSortedDictionary<string, string> Vars);

/// <summary>Where manifests come from. The hierarchy is closed.</summary>
public abstract record SourceConfiguration
{
    private protected SourceConfiguration()
    {
    }

    public required string Name { get; init; }

    /// <summary>Time between polls, before jitter.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Limit on one fetch.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);
}

public sealed record DirectorySourceConfiguration : SourceConfiguration
{
    public required string Path { get; init; }

    /// <summary>The one file of the folder that is read as a manifest, whatever its name; the others are data that it may name. Null for all that look like manifests.</summary>
    public string? Manifest { get; init; }
}

/// <summary>A device's twin on a hub. Without a key or a certificate the device enrolls.</summary>
public sealed record TwinSourceConfiguration : SourceConfiguration
{
    /// <summary>The hub's host name; of the provisioning service where that names the hub.</summary>
    public required string Hub { get; init; }

    /// <summary>The provisioning service that assigns the device to a hub; null when there is none.</summary>
    public ProvisioningConfiguration? Provisioning { get; init; }

    /// <summary>Of MQTT over TLS.</summary>
    public int Port { get; init; } = 8883;

    public int HttpsPort { get; init; } = 443;

    public required string DeviceId { get; init; }

    /// <summary>A file with the device's symmetric key in Base64.</summary>
    public string? KeyFile { get; init; }

    /// <summary>A client certificate (PEM), given together with <see cref="PrivateKeyFile"/>.</summary>
    public string? CertificateFile { get; init; }

    public string? PrivateKeyFile { get; init; }

    /// <summary>Certificates (PEM) that are trusted, instead of the system's.</summary>
    public string? CaFile { get; init; }
}

/// <summary>A Device Provisioning Service, and how the device proves there, and at the hub, who it is: by a key or by a certificate.</summary>
/// <param name="Endpoint">Its host name.</param>
/// <param name="SymmetricKeyFile">A file with the device's own key in Base64, not with that of a group.</param>
/// <param name="CertificateFile">A client certificate (PEM), given together with <paramref name="KeyFile"/>.</param>
public sealed record ProvisioningConfiguration(
    string Endpoint, string IdScope, string RegistrationId, string? SymmetricKeyFile = null, string? CertificateFile = null, string? KeyFile = null);

public sealed record GitSourceConfiguration : SourceConfiguration
{
    public required string Url { get; init; }

    public GitRef Ref { get; init; } = new GitRef.Branch("main");

    /// <summary>The folder inside the repository, <c>/</c>-separated; empty for the root.</summary>
    public string Path { get; init; } = "";

    public string? SshKeyFile { get; init; }

    public string? KnownHostsFile { get; init; }

    public string? TokenFile { get; init; }

    /// <summary>The user name that goes with the token over HTTPS.</summary>
    public string TokenUser { get; init; } = "git";

    public string? CaFile { get; init; }

    public string? Proxy { get; init; }

    public GitVerification Verify { get; init; } = new GitVerification.None();

    /// <summary>The largest file that is accepted, in bytes.</summary>
    public long MaxFileSize { get; init; } = 64 * 1024 * 1024;

    /// <summary>The disk space that the local mirror of the repository may take, in bytes.</summary>
    public long MaxRepositorySize { get; init; } = 1024L * 1024 * 1024;
}

public abstract record GitRef
{
    private GitRef()
    {
    }

    public sealed record Branch(string Name) : GitRef;

    public sealed record Tag(string Name) : GitRef;

    /// <summary>The highest tag in a range such as <c>&gt;=1.2.0 &lt;2.0.0</c>, <c>1.x</c>, <c>^1.2</c> or <c>~1.2.3</c>.</summary>
    public sealed record SemverRange(string Range) : GitRef;

    /// <summary>A full commit id, 40 or 64 hex digits.</summary>
    public sealed record Commit(string Id) : GitRef;
}

public abstract record GitVerification
{
    private GitVerification()
    {
    }

    public sealed record None : GitVerification;

    /// <summary>The commit or its annotated tag must carry a good signature by one of the keys.</summary>
    /// <param name="AllowedSignersFile">An OpenSSH allowed-signers file, or null.</param>
    /// <param name="GpgKeyringFile">A file of exported GPG public keys, or null.</param>
    public sealed record Signed(string? AllowedSignersFile, string? GpgKeyringFile) : GitVerification
    {
        public TagVerification Tags { get; init; } = TagVerification.Tag;

        /// <summary>Accept any signed commit, not only the last verified one and its descendants.</summary>
        public bool AllowRewind { get; init; }
    }
}

/// <summary>What must be signed when a tag or a range of tags is followed; of a branch or a commit it is always the commit.</summary>
public enum TagVerification
{
    /// <summary>The tag object; the commit that it names need not be.</summary>
    Tag,

    /// <summary>Both the tag object and the commit.</summary>
    TagAndHead,

    /// <summary>The commit; anybody may tag it.</summary>
    Head,
}

public sealed record EngineConfiguration
{
    /// <summary><c>auto</c>, or <c>unix:///path</c>, or <c>npipe:////./pipe/name</c>.</summary>
    public string Socket { get; init; } = "auto";

    /// <summary>The value of the ownership label; agents that share an engine need different ones.</summary>
    public string Owner { get; init; } = "edgeoperator";

    /// <summary>A file in the format of Docker's <c>config.json</c> with registry credentials, or null.</summary>
    public string? RegistryAuthFile { get; init; }

    /// <summary>Remove images that the agent pulled and that no kept revision names.</summary>
    public bool CollectImages { get; init; } = true;
}

public sealed record ApiConfiguration
{
    public string Socket { get; init; } = StandardPaths.Socket;

    /// <summary>The group of the host whose members may open the socket too; null for the agent's own group.</summary>
    public string? Group { get; init; }

    /// <summary><c>host:port</c> of the Prometheus endpoint, or <c>off</c>.</summary>
    public string Metrics { get; init; } = "127.0.0.1:9473";

    /// <summary>Names, in addition to loopback ones and the address itself, that a request for metrics may have in its Host header.</summary>
    public ImmutableArray<string> MetricsHosts { get; init; } = [];
}

public sealed record ReconcileConfiguration
{
    /// <summary>Time between passes when nothing happens: the guard against a missed event.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Steps that run at once, 1 to 64.</summary>
    public int Parallelism { get; init; } = 8;

    /// <summary>How long a revision may take, once everything is fetched, to become healthy.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long every resource must stay Ready before the revision is committed as good.</summary>
    public TimeSpan StableFor { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Revisions that are kept for <c>edgeop rollback</c>, 2 to 100.</summary>
    public int KeepRevisions { get; init; } = 5;

    /// <summary>Accept a revision without any resource for this device, and so remove all that the agent made.</summary>
    public bool AllowEmpty { get; init; }
}

public sealed record FilesConfiguration
{
    /// <summary>ConfigFile paths must lie below one of these.</summary>
    public ImmutableArray<string> AllowedRoots { get; init; } = ["/etc", "/opt", "/srv", "/usr/local", "/var/lib"];

    /// <summary>
    /// Files of the agent's own configuration, which no ConfigFile may write: a source that could replace the keys or the
    /// credentials that it is judged by would decide itself whom the device trusts.
    /// </summary>
    [JsonIgnore]
    public ImmutableArray<string> ProtectedFiles { get; init; } = [];
}

public sealed record FunctionsConfiguration
{
    /// <summary>The program that hosts function apps; null looks beside the running program, then in PATH.</summary>
    public string? Host { get; init; }

    /// <summary>Where the apps live, each in a folder of its own; null means the state directory's name with <c>-apps</c> behind it.</summary>
    public string? Directory { get; init; }

    /// <summary>Null: nothing listens for packages to be published.</summary>
    public PublishingConfiguration? Publishing { get; init; }
}

/// <summary>Where packages of function apps are published to. Without a certificate only a loopback address is possible.</summary>
/// <param name="CertificateFile">PEM.</param>
/// <param name="KeyFile">PEM; null when it is in <paramref name="CertificateFile"/>.</param>
public sealed record PublishingConfiguration(int Port, string Address = "127.0.0.1", string? CertificateFile = null, string? KeyFile = null);

public sealed record MachinesConfiguration
{
    /// <summary>Where machines and their images live; null means <c>vms</c> in the state directory.</summary>
    public string? Directory { get; init; }

    /// <summary>Shared folders must lie below one of these.</summary>
    public ImmutableArray<string> SharedRoots { get; init; } = ["/srv", "/home", "/opt", "/var/lib", "/mnt", "/media"];

    /// <summary>Windows PowerShell, by which EFLOW is managed; null means the one in PATH, and elsewhere than on Windows no EFLOW.</summary>
    public string? PowerShell { get; init; }

    /// <summary><c>wsl.exe</c>; null means the one in PATH, and elsewhere than on Windows no WSL.</summary>
    public string? Wsl { get; init; }

    /// <summary>Where machines and their images live in fact.</summary>
    public string FolderIn(string stateDirectory) => Directory ?? Path.Combine(stateDirectory, StandardPaths.Machines);
}

/// <summary>What operators may do through a hub.</summary>
/// <param name="HostTerminal">Run commands on the device itself, with the agent's rights.</param>
public sealed record RemoteConfiguration(bool HostTerminal = false);

/// <summary>How the device's software is kept current.</summary>
/// <param name="Root">The root folder of the system whose packages are managed; another one than <c>/</c> is entered by <c>chroot</c>.</param>
public sealed record UpdatesConfiguration(string Root = "/")
{
    /// <summary>Files with public keys in PEM: a release of the agent must have a signature by one of them. Without any, none is accepted.</summary>
    public ImmutableArray<string> AgentKeys { get; init; } = [];

    /// <summary>A program and its arguments that has the system reboot, run in the system.</summary>
    public ImmutableArray<string> RebootCommand { get; init; } = ["systemctl", "reboot"];

    /// <summary>The folder, in the system, of the scripts that tell whether a boot is good: those in <c>required.d</c> must succeed, those in <c>wanted.d</c> should.</summary>
    public string BootChecks { get; init; } = "/etc/edgeoperator/checks";
}

/// <summary>How the device keeps what opens its Secrets.</summary>
public sealed record SecretsConfiguration
{
    public const string NoSeal = "none";

    /// <summary>What the identity is sealed with, in the words of <c>systemd-creds --with-key</c>; <see cref="NoSeal"/> for nothing.</summary>
    public string Seal { get; init; } = NoSeal;

    /// <summary>In the words of <c>systemd-creds --tpm2-device</c>; null for the machine's own TPM.</summary>
    public string? Tpm2Device { get; init; }

    /// <summary>Registers that must be as they were when the identity was sealed, 0 to 23.</summary>
    public ImmutableArray<int> Tpm2Pcrs { get; init; } = [];
}

public sealed record TelemetryConfiguration
{
    /// <summary>The OTLP endpoint, such as <c>http://127.0.0.1:4317</c>; null exports nothing.</summary>
    public string? OtlpEndpoint { get; init; }

    /// <summary><c>grpc</c> or <c>http/protobuf</c>.</summary>
    public string OtlpProtocol { get; init; } = "grpc";
}
