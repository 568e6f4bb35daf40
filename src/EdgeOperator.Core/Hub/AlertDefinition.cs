using EdgeOperator.Core.Manifests.Definitions;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Hub;

/// <summary>The fields of <c>alerts</c> in the hub's own file.</summary>
internal static class AlertDefinition
{
    private const string DefaultRules =
        """
        [{name: DeviceNotReady, condition: {type: Ready, status: "False"}, for: 10m},
         {name: DeviceStalled, condition: {type: Stalled}, for: 10m},
         {name: DeviceOffline, offline: true, for: 15m},
         {name: RolloutStopped, rollout: [ThresholdMissed, RollingBack, RolledBack], for: 0s},
         {name: CertificateEnds, certificateEndsWithin: 14d, for: 0s},
         {name: DiskFull, diskAbove: 90, for: 10m},
         {name: MemoryFull, memoryAbove: 95, for: 15m}]
        """;

    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    public static ObjectType Type { get; } = new(
        new("rules", new ListType(RuleType()), "What is worth an alert; those given take the place of all that are there without.") { Default = DefaultRules },
        new("resolveAfter", new DurationType(TimeSpan.Zero, Year), "An alert is over when nothing has been wrong for so long.") { Default = "2m" },
        new("repeat", new DurationType(TimeSpan.FromMinutes(1), Year), "An alert that lasts is told again after so long.") { Default = "12h" },
        new("webhooks", new ListType(Webhook()), "Addresses to which alerts are posted as JSON.") { Default = "[]" },
        new("alertmanagers", new ListType(Alertmanager()), "Prometheus Alertmanagers, to which alerts are sent by their API v2.") { Default = "[]" },
        new("email", Mail(), "A mail server, and whom to write to."));

    private static ObjectType RuleType() => new(
        new("name", StringType.Any, "The alert's name, unique among the rules.") { Required = true },
        new("selector", CommonFields.DeviceSelector, "The devices, by their labels on the hub; absent means all. Not for rollouts."),
        new("for", new DurationType(TimeSpan.Zero, Year), "How long it has to be so.") { Default = "10m" },
        new("severity", new ChoiceType(new("info", "info"), new("warning", "warning"), new("critical", "critical")), "How bad it is.") { Default = "warning" },
        new("groupBy", new ListType(StringType.Any), "Labels: devices with the same values make one alert. Without any, a rule is one alert, however many devices it finds.") { Default = "[]" },
        new("condition", Condition(), "A condition that devices report."),
        new("offline", BooleanType.Instance, "Devices with an agent that are not connected."),
        new("rollout", new ListType(StringType.Any), "States of rollouts (`Paused`, `Aborted`, `RollingBack`, `RolledBack`), and reasons for which they wait (`Approval`, `ThresholdMissed`, `Window`, `Budget` …)."),
        new("certificateEndsWithin", new DurationType(TimeSpan.Zero, Year), "Devices of whose certificates one ends within so long, and the hub's own."),
        new("diskAbove", new IntegerType("a whole number", 1, 100), "Devices whose fullest disk is used to so many percent."),
        new("memoryAbove", new IntegerType("a whole number", 1, 100), "Devices whose memory is used to so many percent."))
    {
        Rules = [new Rule.ExactlyOne("condition", "offline", "rollout", "certificateEndsWithin", "diskAbove", "memoryAbove")],
    };

    private static ObjectType Condition() => new(
        new("type", StringType.Any, "Such as `Ready`, `Stalled`, `Degraded`.") { Required = true },
        new("status", StringType.Any, "`True`, `False` or `Unknown`.") { Default = "\"True\"" });

    private static ObjectType Webhook() => new(
        new("name", StringType.Any, "How the hub calls it.") { Default = "webhook" },
        new("url", Names.HttpUrl, "Where to post.") { Required = true },
        new("secretFile", Names.AbsolutePath, "A file with a secret: what is posted has its HMAC (SHA-256) in `X-Edgeop-Signature`."),
        new("caFile", Names.AbsolutePath, "The CA of the receiver's certificate (PEM); absent means those that the system trusts."));

    private static ObjectType Alertmanager() => new(
        new("name", StringType.Any, "How the hub calls it.") { Default = "alertmanager" },
        new("url", Names.HttpUrl, "Its address, without `/api/v2`.") { Required = true },
        new("tokenFile", Names.AbsolutePath, "A file with a token, which is sent as `Authorization: Bearer`."),
        new("caFile", Names.AbsolutePath, "The CA of its certificate (PEM); absent means those that the system trusts."));

    private static ObjectType Mail() => new(
        new("host", Names.HostName, "The server's name or address.") { Required = true },
        new("port", IntegerType.Port, "The server's port.") { Default = "587" },
        new("tls", new ChoiceType(new("starttls", "starttls"), new("tls", "tls"), new("off", "off")), "`starttls` after a greeting, `tls` from the first byte (port 465), or `off` for a server on this machine.") { Default = "starttls" },
        new("user", StringType.Any, "Whom to log in as; absent for nobody."),
        new("passwordFile", Names.AbsolutePath, "A file with the password. It is read for each mail, so that it may change."),
        new("from", StringType.Any, "The sender's address.") { Required = true },
        new("to", new ListType(StringType.Any), "Who is written to.") { Required = true },
        new("caFile", Names.AbsolutePath, "The CA of the server's certificate (PEM); absent means those that the system trusts."))
    {
        Rules = [new Rule.AllOrNone("user", "passwordFile")],
    };
}
