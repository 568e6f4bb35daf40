using System.Text.RegularExpressions;

namespace EdgeOperator.Core.Manifests.Schema;

/// <summary>The forms of names in the language. Their patterns serve JSON Schema too, so they use what ECMAScript has.</summary>
internal static partial class Names
{
    public static StringType Resource { get; } = new("a name of lower-case letters, digits and `-` that starts and ends with a letter or digit", DnsLabel(), 63);

    public static StringType Device { get; } = new("a device's name of letters, digits, `.`, `_` and `-`", DeviceName(), 128);

    public static StringType LabelValue { get; } = new("a label's value of letters, digits, `.`, `_` and `-` (variables have no place here)", Label(), 63);

    public static StringType LabelKeyText { get; } = new("a label's key", Key());

    public static KeyRule LabelKey { get; } = new(Key(), "a label's key", "use letters, digits, `.`, `_`, `-` and `/`, with a letter or digit at both ends");

    public static KeyRule VariableKey { get; } = new(Variable(), "a variable's name", "use letters, digits, `.`, `_` and `-`");

    public static KeyRule EnvironmentKey { get; } = new(EnvironmentName(), "an environment variable's name", "use no blanks and no `=`");

    public static KeyRule SecretKey { get; } = new(SecretKeyName(), "a secret's key", "use letters, digits, `.`, `_` and `-`");

    public static StringType EngineTarget { get; } = new("`host` or a VirtualMachine's name", DnsLabel(), 63);

    public static StringType EngineObject { get; } = new("a name of letters, digits, `.`, `_` and `-`", EngineName(), 255);

    public static StringType Owner { get; } = new("a user, or user:group, by name or number", UserAndGroup());

    public static StringType AbsolutePath { get; } = new("an absolute path without `..`", Absolute());

    public static KeyRule ContainerLabelKey { get; } = new(FreeLabelKey(), "a label that manifests may set", "choose another prefix; `edgeoperator.io/` is the agent's own");

    public static StringType VolumeSource { get; } = new("a volume's name or an absolute path on the host", VolumeOrPath());

    public static StringType ImagePattern { get; } = new("a registry and repository in lower case, in which `*` stands for any characters", Pattern());

    public static StringType HttpPath { get; } = new("a path that starts with `/`", Http());

    public static StringType FilePath { get; } = new("a file's absolute path without `.`, `..` and empty parts", File());

    public static StringType Unit { get; } = new("a systemd unit such as `nginx.service`", UnitName(), 255);

    public static StringType GitName { get; } = new("a name of a branch or tag", Ref(), 255);

    public static StringType Commit { get; } = new("a full commit id of 40 or 64 hexadecimal digits", CommitId(), 64);

    public static StringType EngineSocket { get; } = new("`auto`, `unix:///path` or `npipe:////./pipe/name`", Socket());

    /// <summary>No longer than <c>sockaddr_un</c> takes, and on Windows a pipe.</summary>
    public static StringType ApiSocket { get; } = new(@"the absolute path of a Unix socket (not an address), or on Windows a pipe such as `\\.\pipe\edgeop`", SocketPath(), 107);

    public static StringType MetricsAddress { get; } = new("`host:port` or `off`", HostAndPort());

    public static StringType ReplicaAddress { get; } = new("`host:port`, `auto` or `off`", HostAndPortOrAuto());

    public static StringType HostName { get; } = new("a host's name or IP address, without a port", HostNameOrAddress(), 255);

    public static StringType HttpUrl { get; } = new("an address that starts with http:// or https://", Url());

    public static StringType HttpOrigin { get; } = new("an origin such as `https://example.org`, or `*`", OriginOrAny(), 255);

    public static StringType IpNetwork { get; } = new("an IP address or network such as `10.0.0.2` or `10.0.0.0/8`", AddressOrNetwork(), 49);

    public static StringType ProxyUrl { get; } = new("a proxy's address, such as `http://proxy:3128`", Proxy());

    public static StringType Sha256 { get; } = new("a SHA-256 of 64 hexadecimal digits in lower case", Sha256Digits(), 64);

    public static StringType Version { get; } = new("a version such as `1.2.3` or `1.2.3-rc.1`", SemanticVersion(), 64);

    public static StringType TimeOfDay { get; } = new("a time of day such as `\"22:30\"`", HoursAndMinutes(), 5);

    public static StringType TimeZone { get; } = new("a time zone by its IANA name, such as `Europe/Berlin`", ZoneName(), 64);

    public static StringType FunctionWorker { get; } = new("a worker such as `node` or `custom`", WorkerName(), 40);

    public static StringType GuestPath { get; } = new("an absolute path in the guest without `.`, `..`, empty parts and control characters", Guest());

    public static StringType GuestUser { get; } = new("a user's or group's name of lower-case letters, digits, `_` and `-`", UnixName(), 32);

    public static StringType NetworkInterface { get; } = new("a network device such as `br0`", InterfaceName(), 15);

    public static StringType SharedVariable { get; } = new("a variable's name, and behind a `/` the flags that it has of `p`, `l`, `u` and `w`", VariableAndFlags());

    public static KeyRule ProgramName { get; } = new(Program(), "a program's name", "use letters, digits, `.`, `_`, `+` and `-`");

    public static KeyRule FunctionKey { get; } = new(KeyName(), "a key's name", "use letters, digits, `_` and `-`");

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,253}\z")]
    private static partial Regex SecretKeyName();

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")]
    private static partial Regex DnsLabel();

    [GeneratedRegex(@"^[A-Za-z0-9*._:\[\]-]+(/[a-z0-9*._-]+)*$")]
    private static partial Regex Pattern();

    [GeneratedRegex(@"^([A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?\.?|\[?[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\]?)$")]
    private static partial Regex HostNameOrAddress();

    [GeneratedRegex(@"^(\*|https?://[^/\s?#@]+/?)$")]
    private static partial Regex OriginOrAny();

    [GeneratedRegex("^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$")]
    private static partial Regex AddressOrNetwork();

    [GeneratedRegex("^[0-9a-f]{64}$")]
    private static partial Regex Sha256Digits();

    [GeneratedRegex(@"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$")]
    private static partial Regex SemanticVersion();

    [GeneratedRegex("^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    private static partial Regex HoursAndMinutes();

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_+/-]*$")]
    private static partial Regex ZoneName();

    [GeneratedRegex("^[a-z][a-z0-9-]*$")]
    private static partial Regex WorkerName();

    [GeneratedRegex(@"^(/(?!\.{1,2}(/|$))[^/\x00-\x1f\x7f]+)+$")]
    private static partial Regex Guest();

    [GeneratedRegex("^[a-z_][a-z0-9_-]*$")]
    private static partial Regex UnixName();

    [GeneratedRegex("^(?![.]{1,2}$)[A-Za-z0-9_.-]+$")]
    private static partial Regex InterfaceName();

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*(/[pluw]+)?$")]
    private static partial Regex VariableAndFlags();

    [GeneratedRegex("^[A-Za-z0-9_][A-Za-z0-9._+-]{0,127}$")]
    private static partial Regex Program();

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9_-]{0,126}$")]
    private static partial Regex KeyName();

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    private static partial Regex DeviceName();

    [GeneratedRegex("^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$")]
    private static partial Regex Label();

    [GeneratedRegex("^[A-Za-z0-9]([A-Za-z0-9._/-]{0,315}[A-Za-z0-9])?$")]
    private static partial Regex Key();

    [GeneratedRegex("^[A-Za-z0-9_][A-Za-z0-9._-]{0,126}$")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^[^=\s\x00-\x1f]{1,1024}$")]
    private static partial Regex EnvironmentName();

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
    private static partial Regex EngineName();

    [GeneratedRegex("^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$")]
    private static partial Regex UserAndGroup();

    [GeneratedRegex(@"^(?!.*(^|[/\\])\.\.([/\\]|$))(/|[A-Za-z]:[/\\])")]
    private static partial Regex Absolute();

    [GeneratedRegex(@"^(?!edgeoperator\.io/).+$")]
    private static partial Regex FreeLabelKey();

    [GeneratedRegex(@"^([A-Za-z0-9][A-Za-z0-9_.-]+$|/|[A-Za-z]:[\\/])")]
    private static partial Regex VolumeOrPath();

    [GeneratedRegex(@"^/[!-~]*$")]
    private static partial Regex Http();

    [GeneratedRegex(@"^(?!.*[/\\](\.{0,2})([/\\]|$))(/|[A-Za-z]:[/\\]).+$")]
    private static partial Regex File();

    [GeneratedRegex(@"^[A-Za-z0-9:_.@\\-]+\.(service|socket|timer|target|path|mount)$")]
    private static partial Regex UnitName();

    [GeneratedRegex(@"^(?!.*(\.\.|@\{|//))[A-Za-z0-9_][^\s~^:?*\[\\\x00-\x1f\x7f]*$")]
    private static partial Regex Ref();

    [GeneratedRegex("^([0-9a-f]{40}|[0-9a-f]{64})$")]
    private static partial Regex CommitId();

    [GeneratedRegex(@"^(/.*[^/]|[A-Za-z]:[\\/].+|\\\\\.\\pipe\\.+)$")]
    private static partial Regex SocketPath();

    [GeneratedRegex("^(auto|unix:///.+|npipe:////.+)$")]
    private static partial Regex Socket();

    [GeneratedRegex(@"^(off|([A-Za-z0-9.*-]+|\[[0-9a-fA-F:.]+\]):[0-9]{1,5})$")]
    private static partial Regex HostAndPort();

    [GeneratedRegex(@"^(off|auto|([A-Za-z0-9.*-]+|\[[0-9a-fA-F:.]+\]):[0-9]{1,5})$")]
    private static partial Regex HostAndPortOrAuto();

    [GeneratedRegex(@"^https?://[^\s/]+[^\s]*$")]
    private static partial Regex Url();

    [GeneratedRegex(@"^(https?|socks5h?)://[^\s/]+/?$")]
    private static partial Regex Proxy();
}
