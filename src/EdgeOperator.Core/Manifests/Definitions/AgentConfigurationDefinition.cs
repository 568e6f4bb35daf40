using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Manifests.Definitions;

internal static class AgentConfigurationDefinition
{
    public static KindDefinition Kind { get; } = new(
        KindNames.AgentConfiguration,
        "The agent's own file: which device this is, where its manifests come from, and how the agent works.",
        new(
            new("device", Device(), "The device's identity, which selectors and variables see.") { Required = true },
            new("sources", new ListType(SourceDefinition.Type), "Where manifests come from; later sources win by `Kind/name`.") { Default = "[]" },
            new("engine", Engine(), "The container engine: `auto`, a socket, or a mapping.") { Default = "auto" },
            new("images", Images(), "Which container images the device accepts.") { Default = "{}" },
            new("stateDirectory", Names.AbsolutePath, "Where the agent keeps what it must remember.") { Default = StandardPaths.State },
            new("api", Api(), "The agent's local interfaces.") { Default = "{}" },
            new("reconcile", Reconcile(), "The control loop.") { Default = "{}" },
            new("files", Files(), "What ConfigFiles may touch.") { Default = "{}" },
            new("functions", Functions(), "How function apps are hosted.") { Default = "{}" },
            new("virtualMachines", VirtualMachines(), "Where virtual machines live, and what they may see of the host.") { Default = "{}" },
            new("updates", Updates(), "How the device's software is kept current.") { Default = "{}" },
            new("secrets", Secrets(), "How the device keeps what opens its Secrets.") { Default = "{}" },
            new("remote", Remote(), "What operators may do through a hub.") { Default = "{}" },
            new("telemetry", Telemetry(), "What is sent to an OpenTelemetry collector.") { Default = "{}" }))
    {
        IsDeviceSide = false,
    };

    private static ObjectType Remote() => new(
        new Field("hostTerminal", BooleanType.Instance, "Run commands on the device itself, with the agent's rights: `edgeop hub exec DEVICE Host`.") { Default = "false" });

    private static ObjectType Device() => new(
        new("name", Names.Device, "The device's name, `${device.name}` in manifests.") { Required = true },
        new("labels", new MapType(Names.LabelKey, Names.LabelValue), "Labels for selectors, `${device.labels.KEY}` in manifests.") { Default = "{}" },
        new("vars", new MapType(Names.VariableKey, TextType.Any), "Values of the device's own, `${vars.KEY}` in manifests.") { Default = "{}" });

    private static ObjectType Engine() => new(
        new("socket", Names.EngineSocket, "`auto`, `unix:///path` or `npipe:////./pipe/name`.") { Default = "auto" },
        new("owner", Names.LabelValue, "The value of the ownership label; agents that share an engine need different ones.") { Default = "edgeoperator" },
        new("registryAuthFile", Names.AbsolutePath, "A file in the format of Docker's config.json with registry credentials."),
        new("collectImages", BooleanType.Instance, "Remove images that the agent pulled and that no kept revision names.") { Default = "true" })
    {
        Shorthand = "socket",
    };

    private static ObjectType Images() => new(
        new Field("verify", new ListType(ImageRule()), "Rules for images; the first that matches decides, and an image that none matches is accepted.") { Default = "[]" });

    private static ObjectType ImageRule() => new(
        new("match", Names.ImagePattern, "A pattern for registry and repository in full, such as `registry.example.com/*` or `docker.io/library/busybox`; `*` stands for any characters.") { Required = true },
        new("keys", new ListType(Names.AbsolutePath, allowEmpty: false), "Files with public keys (PEM, as `cosign.pub`): only images with a good cosign signature by one of them run."),
        new("mode", new ChoiceType(new("none", "none"), new("reject", "reject")), "`none` accepts the images as they are, `reject` refuses them."))
    {
        Rules = [new Rule.ExactlyOne("keys", "mode")],
    };

    private static ObjectType Api() => new(
        new("socket", Names.ApiSocket, "The Unix socket (on Windows the pipe) that `edgeop` talks to.") { Default = StandardPaths.Socket },
        new("group", StringType.Any, "The group of the host whose members may open the socket too, and so do all that `edgeop` does. Absent means the agent's own group."),
        new("metrics", Names.MetricsAddress, "`host:port` of the Prometheus endpoint, or `off`.") { Default = "\"127.0.0.1:9473\"" },
        new("metricsHosts", new ListType(Names.HostName), "Names under which metrics are asked for over TCP. A request is refused (421) whose Host header is none of these, no loopback name and not the address it came to.") { Default = "[]" });

    private static ObjectType Reconcile() => new(
        new("interval", Span(1, 86400), "Time between passes when nothing happens.") { Default = "5m" },
        new("parallelism", new IntegerType("a whole number", 1, 64), "Steps that run at once.") { Default = "8" },
        new("deadline", Span(1, 86400), "How long a revision may take, once everything is fetched, to become healthy.") { Default = "5m" },
        new("stableFor", Span(0, 3600), "How long every resource must stay Ready before the revision is committed as good.") { Default = "10s" },
        new("keepRevisions", new IntegerType("a whole number", 2, 100), "Good revisions that are kept for `edgeop rollback`; what failed does not count.") { Default = "5" },
        new("allowEmpty", BooleanType.Instance, "Accept a revision without any resource for this device, and so remove all that the agent made.") { Default = "false" });

    private static ObjectType Files() => new(
        new Field("allowedRoots", new ListType(Names.AbsolutePath), "ConfigFile paths must lie below one of these.") { Default = "[/etc, /opt, /srv, /usr/local, /var/lib]" });

    private static ObjectType Functions() => new(
        new("host", Names.AbsolutePath, "The program `edgeop-functions`; absent looks beside `edgeop`, then in PATH."),
        new("directory", Names.AbsolutePath, "Where function apps live; absent means `stateDirectory` with `-apps` behind it. Unlike that, other users may pass through it."),
        new("publishing", Publishing(), "Where packages of function apps can be published to; absent means nowhere."));

    private static ObjectType Publishing() => new(
        new("port", IntegerType.Port, "The port of the publishing endpoint.") { Required = true },
        new("address", IpAddressType.Instance, "The address to listen on; one that is no loopback address needs a certificate.") { Default = "127.0.0.1" },
        new("certificateFile", Names.AbsolutePath, "The server's certificate (PEM), with its chain; absent speaks plain HTTP."),
        new("keyFile", Names.AbsolutePath, "The certificate's key (PEM); absent means it is in `certificateFile`."));

    private static ObjectType VirtualMachines() => new(
        new("directory", Names.AbsolutePath, "Where machines and their images live; absent means `vms` in `stateDirectory`."),
        new("sharedRoots", new ListType(Names.AbsolutePath), "Shared folders must lie below one of these.") { Default = "[/srv, /home, /opt, /var/lib, /mnt, /media]" },
        new("powerShell", Names.AbsolutePath, "Windows PowerShell, by which EFLOW is managed; absent means the one in PATH, and elsewhere than on Windows no EFLOW."),
        new("wsl", Names.AbsolutePath, "`wsl.exe`; absent means the one in PATH, and elsewhere than on Windows no WSL."));

    private static ObjectType Updates() => new(
        new("root", Names.AbsolutePath, "The root folder of the system whose packages are managed: another one than `/` for an agent in a container that has the host's mounted. It is entered by `chroot`.") { Default = "/" },
        new("agentKeys", new ListType(Names.AbsolutePath), "Files with public keys (PEM, ECDSA or RSA): the agent takes no release of itself that is not signed by one of them.") { Default = "[]" },
        new("rebootCommand", new ListType(TextType.Any, allowEmpty: false), "The program, with its arguments, that has the system reboot.") { Default = "[systemctl, reboot]" },
        new("bootChecks", Names.AbsolutePath, "The folder of scripts that check the device after a reboot: all in its `required.d` must succeed, those in its `wanted.d` should.") { Default = "/etc/edgeoperator/checks" });

    private static ObjectType Secrets() => new(
        new("seal", new ChoiceType(new("none", "none"), new("host", "host"), new("tpm2", "tpm2"), new("host+tpm2", "host+tpm2")), "What the device's identity is sealed with, by `systemd-creds`: the TPM, a key of the host's that lies on its disk, or both. `none` leaves it to the file's mode.") { Default = "none" },
        new("tpm2Device", StringType.Any, "The TPM: a device, such as `/dev/tpmrm0`, or `driver:parameter` of tpm2-tss; absent means the machine's own."),
        new("tpm2Pcrs", new ListType(new IntegerType("a PCR", 0, 23)), "Registers of the TPM that must be as they were when the identity was sealed: with `[7]`, another state of Secure Boot can't open it, and neither can the device after such an update.") { Default = "[]" });

    /// <summary>What the hub has too.</summary>
    internal static ObjectType Telemetry() => new(
        new("otlpEndpoint", Names.HttpUrl, "The OTLP endpoint, such as `http://127.0.0.1:4317`; absent exports nothing."),
        new("otlpProtocol", new ChoiceType(new("grpc", "grpc"), new("http/protobuf", "http/protobuf")), "The OTLP protocol.") { Default = "grpc" });

    private static DurationType Span(int minimum, int maximum) => new(TimeSpan.FromSeconds(minimum), TimeSpan.FromSeconds(maximum));
}
