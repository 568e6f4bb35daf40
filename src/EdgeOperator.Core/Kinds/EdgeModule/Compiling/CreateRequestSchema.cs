namespace EdgeOperator.Core.Kinds.EdgeModule.Compiling;

/// <summary>
/// What the engine takes at <c>POST /containers/create</c> (API 1.41, with what later versions added), so that a
/// mistake is found before anything is done. A field that is not here is passed on as it stands.
/// </summary>
internal static class CreateRequestSchema
{
    private static readonly JsonShape.Flag Flag = new();
    private static readonly JsonShape.Words Words = new();
    private static readonly JsonShape.Text Text = new(_ => true, "a string");
    private static readonly JsonShape.List Texts = new(Text);
    private static readonly JsonShape.Map TextByName = new(Text, Text);
    private static readonly JsonShape.Struct Empty = new();

    private static readonly JsonShape.Number Number = new(_ => true, "a whole number");
    private static readonly JsonShape.Number Natural = new(n => n >= 0, "a whole number, 0 or above");
    private static readonly JsonShape.Number Memory = new(n => n is 0 or >= EngineSyntax.SmallestMemory, "a number of bytes, at least 6291456 (6 MiB), or 0 for no limit");
    private static readonly JsonShape.Number MemorySwap = new(n => n >= -1, "a number of bytes, or -1 for no limit");
    private static readonly JsonShape.Number Nanoseconds = new(n => n is 0 or >= 1_000_000, "nanoseconds, at least 1000000 (1 ms), or 0 for the default");
    private static readonly JsonShape.Number Limit = new(n => n >= -1, "a whole number, or -1 for no limit");

    private static readonly JsonShape.Text Port = new(EngineSyntax.IsPort, "a port such as 80/tcp");
    private static readonly JsonShape.Text HostPort = new(EngineSyntax.IsHostPort, "a port such as \"8080\", or \"\" for any free one");
    private static readonly JsonShape.Text Bind = new(text => BindMount.Parse(text) is { } bind && EngineKeywords.AreBindOptions(bind.Options ?? "", isVolume: bind.Volume is not null), "SOURCE:TARGET or SOURCE:TARGET:OPTIONS, where SOURCE is an absolute path or a volume's name of two letters or more, TARGET an absolute path other than /, and OPTIONS are such as ro,z");
    private static readonly JsonShape.Text MountPoint = new(BindMount.IsMountPoint, "an absolute path other than /");
    private static readonly JsonShape.Text Directory = new(path => path.Length == 0 || BindMount.IsAbsolute(path), "an absolute path");
    private static readonly JsonShape.Text Device = new(path => path.Length > 0, "a path on the device, such as /dev/ttyUSB0");
    private static readonly JsonShape.Text Variable = new(EngineSyntax.IsVariable, "NAME=VALUE");
    private static readonly JsonShape.Text Address = new(EngineSyntax.IsAddress, "an IP address");
    private static readonly JsonShape.Text IPv4Address = new(EngineSyntax.IsIPv4Address, "an IPv4 address");
    private static readonly JsonShape.Text IPv6Address = new(EngineSyntax.IsIPv6Address, "an IPv6 address");
    private static readonly JsonShape.Text Link = new(EngineSyntax.IsLink, "CONTAINER or CONTAINER:ALIAS");
    private static readonly JsonShape.Text ExposedPort = new(EngineSyntax.IsExposedPort, "a port such as 80/tcp, or a range such as 8000-8010/tcp");
    private static readonly JsonShape.Number Shares = new(n => n is 0 or (>= 2 and <= 262_144), "a whole number from 2 to 262144, or 0 for the default");
    private static readonly JsonShape.Text ExtraHost = new(EngineSyntax.IsExtraHost, "NAME:ADDRESS or NAME:host-gateway");
    private static readonly JsonShape.Text Cpus = new(EngineSyntax.IsCpuSet, "processor numbers such as 0-3,5");
    private static readonly JsonShape.Text Signal = new(EngineKeywords.IsSignal, "a signal of the kernel, such as SIGTERM, or its number");
    private static readonly JsonShape.Text Permissions = new(text => text.All("rwm".Contains), "r, w and m, such as rwm");
    private static readonly JsonShape.Text MacAddress = new(EngineSyntax.IsMacAddress, "a MAC address such as 02:42:ac:11:00:02");
    private static readonly JsonShape.Text HostName = new(EngineSyntax.IsHostName, "a host's name: letters, digits and '-', at most 64 in all");
    private static readonly JsonShape.Text User = new(EngineSyntax.IsUser, EngineSyntax.UserForm);
    private static readonly JsonShape.Text Network = new(EngineSyntax.IsNetworkName, "a network's name: letters, digits, '_', '.' and '-', a letter or digit first");
    private static readonly JsonShape.Text NetworkMode = new(EngineSyntax.IsNetworkMode, "host, none, bridge, container:NAME or a network's name");
    private static readonly JsonShape.Text NotEmpty = new(text => text.Length > 0, "a string that is not empty");
    private static readonly JsonShape.Text Capability = new(EngineKeywords.IsCapability, "a capability of the kernel, such as NET_ADMIN, or ALL");
    private static readonly JsonShape.Text Parameter = new(EngineKeywords.IsParameter, "a kernel parameter of a container's own: net.*, fs.mqueue.*, or one of System V IPC, such as kernel.shmmax");
    private static readonly JsonShape.Text SecurityOption = new(EngineKeywords.IsSecurityOption, "KEY=VALUE, where KEY is label, apparmor, seccomp or no-new-privileges");
    private static readonly JsonShape.Text TmpfsOptions = new(EngineKeywords.AreTmpfsOptions, "options of tmpfs such as rw,noexec,size=64m");
    private static readonly JsonShape.Text VolumesFrom = new(EngineKeywords.IsVolumesFrom, "CONTAINER, CONTAINER:ro or CONTAINER:rw");
    private static readonly JsonShape.Text DeviceRule = new(EngineSyntax.IsDeviceRule, "TYPE MAJOR:MINOR ACCESS, such as 'c 189:* rwm'");
    private static readonly JsonShape.Text UserNamespace = new(EngineSyntax.IsUserNamespace, "host, or nothing");
    private static readonly JsonShape.Text LimitName = new(EngineKeywords.IsLimit, "a resource limit of the kernel, such as nofile");
    private static readonly JsonShape.Number Weight = new(n => n is 0 or (>= 10 and <= 1000), "a whole number from 10 to 1000, or 0 for none");
    private static readonly JsonShape.Number Period = new(n => n is 0 or (>= 1000 and <= 1_000_000), "microseconds from 1000 to 1000000, or 0 for the default");
    private static readonly JsonShape.Number Quota = new(n => n is 0 or -1 or >= 1000, "microseconds, at least 1000, or 0 or -1 for no limit");
    private static readonly JsonShape.Number NanoCpus = new(n => n is 0 or >= 10_000_000, "billionths of a processor, at least 10000000 (a hundredth), or 0 for no limit");
    private static readonly JsonShape.Number Seconds = new(n => n is >= -1 and <= int.MaxValue, "seconds, or -1 to wait for ever");

    private static readonly JsonShape.List Rates = new(new JsonShape.Struct(("Path", Device), ("Rate", Natural)));

    private static readonly JsonShape.Struct Endpoint = new(
        ("IPAMConfig", new JsonShape.Struct(("IPv4Address", IPv4Address), ("IPv6Address", IPv6Address), ("LinkLocalIPs", new JsonShape.List(Address)))),
        ("Links", new JsonShape.List(Link)), ("Aliases", new JsonShape.List(NotEmpty)), ("MacAddress", MacAddress), ("DriverOpts", TextByName), ("GwPriority", Number),
        ("NetworkID", Text), ("EndpointID", Text), ("Gateway", Text), ("IPAddress", Text), ("IPPrefixLen", Natural),
        ("IPv6Gateway", Text), ("GlobalIPv6Address", Text), ("GlobalIPv6PrefixLen", Natural), ("DNSNames", Texts));

    private static readonly JsonShape.Struct Mount = new(
        ("Type", OneOf("bind", "volume", "tmpfs", "npipe", "image", "cluster")),
        ("Source", Text), ("Target", MountPoint), ("ReadOnly", Flag), ("Consistency", Text),
        ("BindOptions", new JsonShape.Struct(
            ("Propagation", OneOf("", "private", "rprivate", "shared", "rshared", "slave", "rslave")), ("NonRecursive", Flag),
            ("CreateMountpoint", Flag), ("ReadOnlyNonRecursive", Flag), ("ReadOnlyForceRecursive", Flag))),
        ("VolumeOptions", new JsonShape.Struct(
            ("NoCopy", Flag), ("Labels", TextByName), ("Subpath", Text),
            ("DriverConfig", new JsonShape.Struct(("Name", Text), ("Options", TextByName))))),
        ("ImageOptions", new JsonShape.Struct(("Subpath", Text))),
        ("TmpfsOptions", new JsonShape.Struct(("SizeBytes", Natural), ("Mode", Natural), ("Options", new JsonShape.List(Texts)))),
        ("ClusterOptions", Empty));

    /// <summary><c>HostConfig.LogConfig</c>.</summary>
    public static JsonShape.Struct LogConfig { get; } = new(("Type", Text), ("Config", TextByName));

    /// <summary><c>HostConfig</c>.</summary>
    public static JsonShape.Struct HostConfig { get; } = new(
        ("Binds", new JsonShape.List(Bind)), ("Mounts", new JsonShape.List(Mount)), ("Tmpfs", new JsonShape.Map(MountPoint, TmpfsOptions)),
        ("VolumeDriver", Text), ("VolumesFrom", new JsonShape.List(VolumesFrom)), ("ContainerIDFile", Text),
        ("LogConfig", LogConfig),
        ("NetworkMode", NetworkMode), ("PublishAllPorts", Flag),
        ("PortBindings", new JsonShape.Map(Port, new JsonShape.List(new JsonShape.Struct(("HostIp", Address), ("HostPort", HostPort))))),
        ("RestartPolicy", new JsonShape.Struct(("Name", OneOf("", "no", "always", "unless-stopped", "on-failure")), ("MaximumRetryCount", Natural))),
        ("AutoRemove", Flag), ("ConsoleSize", new JsonShape.List(Natural)), ("Annotations", TextByName),
        ("CapAdd", new JsonShape.Words(Capability)), ("CapDrop", new JsonShape.Words(Capability)), ("Privileged", Flag), ("SecurityOpt", new JsonShape.List(SecurityOption)), ("ReadonlyRootfs", Flag),
        ("MaskedPaths", Texts), ("ReadonlyPaths", Texts), ("Sysctls", new JsonShape.Map(Parameter, Text)), ("StorageOpt", TextByName), ("GroupAdd", Texts),
        ("Dns", new JsonShape.List(Address)), ("DnsOptions", Texts), ("DnsSearch", Texts), ("ExtraHosts", new JsonShape.List(ExtraHost)), ("Links", new JsonShape.List(Link)),
        ("CgroupnsMode", OneOf("", "private", "host")), ("IpcMode", Namespace("none", "private", "shareable", "host")),
        ("PidMode", Namespace("private", "host")), ("UTSMode", OneOf("", "private", "host")), ("UsernsMode", UserNamespace),
        ("Cgroup", Text), ("CgroupParent", Text), ("Init", Flag), ("Runtime", Text), ("Isolation", OneOf("", "default", "process", "hyperv")),
        ("Memory", Memory), ("MemoryReservation", Memory), ("MemorySwap", MemorySwap), ("MemorySwappiness", Between(-1, 100)),
        ("KernelMemory", Memory), ("KernelMemoryTCP", Natural), ("OomKillDisable", Flag), ("OomScoreAdj", Between(-1000, 1000)),
        ("NanoCpus", NanoCpus), ("CpuShares", Shares), ("CpuPeriod", Period), ("CpuQuota", Quota), ("CpuRealtimePeriod", Natural),
        ("CpuRealtimeRuntime", Number), ("CpusetCpus", Cpus), ("CpusetMems", Cpus), ("CpuCount", Natural), ("CpuPercent", Between(0, 100)),
        ("PidsLimit", Limit), ("ShmSize", Natural), ("IOMaximumIOps", Natural), ("IOMaximumBandwidth", Natural),
        ("BlkioWeight", Weight), ("BlkioWeightDevice", new JsonShape.List(new JsonShape.Struct(("Path", Device), ("Weight", Weight)))),
        ("BlkioDeviceReadBps", Rates), ("BlkioDeviceWriteBps", Rates), ("BlkioDeviceReadIOps", Rates), ("BlkioDeviceWriteIOps", Rates),
        ("Ulimits", new JsonShape.List(new JsonShape.Struct(("Name", LimitName), ("Soft", Limit), ("Hard", Limit)))),
        ("Devices", new JsonShape.List(new JsonShape.Struct(("PathOnHost", Device), ("PathInContainer", Text), ("CgroupPermissions", Permissions)))),
        ("DeviceCgroupRules", new JsonShape.List(DeviceRule)),
        ("DeviceRequests", new JsonShape.List(new JsonShape.Struct(
            ("Driver", Text), ("Count", Number), ("DeviceIDs", Texts), ("Capabilities", new JsonShape.List(Texts)), ("Options", TextByName)))));

    /// <summary>The body as a whole.</summary>
    public static JsonShape.Struct Root { get; } = new(
        ("Image", Text), ("Hostname", HostName), ("Domainname", HostName), ("User", User), ("WorkingDir", Directory),
        ("Entrypoint", Words), ("Cmd", Words), ("Shell", Words), ("OnBuild", Texts), ("ArgsEscaped", Flag),
        ("Env", new JsonShape.List(Variable)), ("Labels", TextByName),
        ("ExposedPorts", new JsonShape.Map(ExposedPort, Empty)), ("Volumes", new JsonShape.Map(MountPoint, Empty)),
        ("AttachStdin", Flag), ("AttachStdout", Flag), ("AttachStderr", Flag), ("Tty", Flag), ("OpenStdin", Flag), ("StdinOnce", Flag),
        ("StopSignal", Signal), ("StopTimeout", Seconds), ("NetworkDisabled", Flag), ("MacAddress", MacAddress),
        ("Healthcheck", new JsonShape.Struct(
            ("Test", Texts), ("Interval", Nanoseconds), ("Timeout", Nanoseconds), ("StartPeriod", Nanoseconds),
            ("StartInterval", Nanoseconds), ("Retries", Natural))),
        ("HostConfig", HostConfig),
        ("NetworkingConfig", new JsonShape.Struct(("EndpointsConfig", new JsonShape.Map(Network, Endpoint)))));

    private static JsonShape.Number Between(long least, long most) => new(n => n >= least && n <= most, $"a whole number from {least} to {most}");

    private static JsonShape.Text OneOf(params string[] words) => new(words.Contains, $"one of {string.Join(", ", words.Where(word => word.Length > 0))}");

    private static JsonShape.Text Namespace(params string[] words) => new(
        text => text.Length == 0 || words.Contains(text) || (text.StartsWith("container:", StringComparison.Ordinal) && EngineSyntax.IsContainerReference(text["container:".Length..])),
        $"one of {string.Join(", ", words)}, container:NAME");
}
