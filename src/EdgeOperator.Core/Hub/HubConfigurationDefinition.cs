using EdgeOperator.Core.Manifests.Definitions;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Hub;

/// <summary>The fields of the hub's own file.</summary>
internal static class HubConfigurationDefinition
{
    /// <param name="hostName">This machine's name.</param>
    public static ObjectType Document(string hostName) => new(
        new("hostName", Names.HostName, "The name by which devices and users reach the hub; its certificate is for this name.") { Default = $"\"{hostName}\"" },
        new("dataDirectory", Names.AbsolutePath, "Where the hub keeps its CA, its keys, and its SQLite database. Each replica has its own.") { Default = "/var/lib/edgeop-hub" },
        new("storage", Storage(), "Where the hub keeps what it knows of devices, when not in SQLite in `dataDirectory`.") { Default = "{}" },
        new("listen", Listen(), "Where the hub listens.") { Default = "{}" },
        new("tls", Tls(), "The certificate of the listeners.") { Default = "{}" },
        new("devices", Devices(), "What devices may cost.") { Default = "{}" },
        new("service", Service(), "What callers of the REST API may cost.") { Default = "{}" },
        new("telemetry", Telemetry(), "What is kept of the messages that devices send.") { Default = "{}" },
        new("enrollment", Enrollment(), "How devices join with a certificate request.") { Default = "{}" },
        new("artifacts", Artifacts(), "What devices download: packages of manifests.") { Default = "{}" },
        new("repositories", Repositories(), "What of this machine a Repository may name.") { Default = "{}" },
        new("replica", Replica(), "This process among those that share a database.") { Default = "{}" },
        new("portal", Portal(), "The portal for browsers, at `/portal`.") { Default = "{}" },
        new("alerts", AlertDefinition.Type, "What somebody is to be told of, and how.") { Default = "{}" },
        new("observability", AgentConfigurationDefinition.Telemetry(), "What is sent to an OpenTelemetry collector: metrics and traces.") { Default = "{}" });

    private static ObjectType Storage() => new(
        new Field("postgresql", Postgres(), "A PostgreSQL database, which replicas of the hub share."));

    private static ObjectType Postgres() => new(
        new("connectionStringFile", Names.AbsolutePath, "A file with a connection string as Npgsql reads it: `Host=db;Database=edgeop;Username=…;Password=…`. The fields below but `maxConnections` are not used then."),
        new("host", Names.HostName, "The server's name or address."),
        new("port", IntegerType.Port, "The server's port.") { Default = "5432" },
        new("database", StringType.Any, "The database's name.") { Default = "edgeop" },
        new("user", StringType.Any, "The user, who must own the database or may create tables in it.") { Default = "edgeop" },
        new("passwordFile", Names.AbsolutePath, "A file with the password. It is read for each new connection, so that it may change."),
        new("tls", new ChoiceType(new("verify", "verify"), new("require", "require"), new("disable", "disable")), "`verify` checks the server's certificate and name; `require` encrypts only; `disable` is for a server on this machine.") { Default = "verify" },
        new("caFile", Names.AbsolutePath, "The CA of the server's certificate (PEM); absent means those that the system trusts."),
        new("maxConnections", new IntegerType("a whole number", 4, 500), "Connections of this replica to the server at once.") { Default = "20" })
    {
        Rules = [new Rule.ExactlyOne("connectionStringFile", "host")],
    };

    private static ObjectType Listen() => new(
        new("mqtt", Names.MetricsAddress, "`host:port` of MQTT over TLS; devices with Azure's SDKs expect port 8883.") { Default = "\"0.0.0.0:8883\"" },
        new("https", Names.MetricsAddress, "`host:port` of the REST API, MQTT over WebSocket and provisioning; Azure's SDKs expect port 443.") { Default = "\"0.0.0.0:443\"" },
        new("local", Names.MetricsAddress, "`host:port` of metrics and health, without TLS: keep it on loopback; or `off`.") { Default = "\"127.0.0.1:9474\"" });

    private static ObjectType Tls() => new(
        new("certificate", Names.AbsolutePath, "A certificate (PEM); absent issues one by the hub's own CA. It is read again when it changes."),
        new("key", Names.AbsolutePath, "The certificate's key (PEM)."),
        new("alternativeNames", new ListType(Names.HostName), "Further names in the certificate that the hub issues for itself.") { Default = "[localhost]" })
    {
        Rules = [new Rule.AllOrNone("certificate", "key")],
    };

    private static ObjectType Devices() => new(
        new("messagesPerSecond", new IntegerType("a whole number", 1, 10_000), "Messages that one device may send a second, on average; bursts may be twice as large.") { Default = "50" },
        new("connections", new IntegerType("a whole number", 1, 1_000_000), "Connections of devices at once.") { Default = "20000" },
        new("pendingMessages", new IntegerType("a whole number", 1, 10_000), "Cloud-to-device messages that wait for one device.") { Default = "50" },
        new("connectTimeout", Span(1, 300), "How long a connection may take to say who it is.") { Default = "20s" });

    private static ObjectType Service() => new(
        new Field("requestsPerSecond", new IntegerType("a whole number", 1, 1_000_000), "Requests that one user, policy or device may make a second, on average; bursts may be twice as large. More are answered 429.") { Default = "1000" });

    private static ObjectType Telemetry() => new(
        new("maxAge", Span(60, 31_536_000), "Older messages are deleted.") { Default = "7d" },
        new("maxMessages", new IntegerType("a whole number", 1000, 1_000_000_000), "More messages are deleted, oldest first.") { Default = "1000000" });

    private static ObjectType Enrollment() => new(
        new("certificateValidity", Span(60, 315_360_000), "Validity of the client certificates that the hub signs.") { Default = "90d" },
        new("renewalGrace", Span(0, 31_536_000), "For how long an expired certificate may still be renewed with the same key.") { Default = "30d" },
        new("maxPending", new IntegerType("a whole number", 1, 100_000), "Enrollment requests that may wait for an operator.") { Default = "1000" });

    private static ObjectType Artifacts() => new(
        new("maxSize", new MemoryType(1024), "Bytes of one artifact.") { Default = "400Mi" },
        new("keepUnused", Span(60, 31_536_000), "For how long an artifact is kept that no twin names, neither as desired nor as what its device runs or ran last.") { Default = "7d" });

    private static ObjectType Repositories() => new(
        new("files", Names.AbsolutePath, "The folder with the files that Repositories name: tokens, keys, certificates. None elsewhere is read for them. Replicas need the same ones.") { Default = "/etc/edgeop-hub/repositories" },
        new("local", BooleanType.Instance, "Whether a Repository may be on this machine (`file://`, or a path).") { Default = "false" });

    private static ObjectType Replica() => new(
        new Field("address", Names.ReplicaAddress, "`host:port` at which the other replicas reach this one's `listen.https`, for logs and commands whose device has connected to another replica; `auto` for the first address of this machine, or pod, that is not loopback; or `off`.") { Default = "off" });

    private static ObjectType Portal() => new(
        new("enabled", BooleanType.Instance, "Whether there is a portal.") { Default = "true" },
        new("url", Names.HttpUrl, "The address under which users reach the hub, where a reverse proxy gives it another one than `https://` and `hostName`, such as `https://example.com/hub`: the path stands before all links."),
        new("signIn", SignIn(), "An OpenID Connect provider by which users sign in to the portal, besides local accounts."));

    private static ObjectType SignIn() => new(
        new("name", StringType.Any, "What the button says.") { Default = "\"single sign-on\"" },
        new("authority", Names.HttpUrl, "The provider's issuer, with https unless it is on this machine. Its `.well-known/openid-configuration` is read.") { Required = true },
        new("clientId", StringType.Any, "The hub's client at the provider. Its redirect URI is the hub's address with `/portal/sign-in/callback`.") { Required = true },
        new("clientSecretFile", Names.AbsolutePath, "A file with the client's secret; absent for a public client. PKCE is used in any case."),
        new("caFile", Names.AbsolutePath, "The CA of the provider's certificate (PEM); absent means those that the system trusts."),
        new("scopes", new ListType(StringType.Any), "What is asked for.") { Default = "[openid, profile]" },
        new("userClaim", StringType.Any, "The claim with the user's name; the subject, where it is missing.") { Default = "preferred_username" },
        new("roleClaim", StringType.Any, "The claim whose values `roles` names, such as groups; of the ID token or of the user information.") { Default = "groups" },
        new("roles", Roles(), "Which values of that claim make which role. Who has none of them can't sign in.") { Required = true });

    private static ObjectType Roles() => new(
        new("viewer", new ListType(StringType.Any), "Values that make a viewer.") { Default = "[]" },
        new("operator", new ListType(StringType.Any), "Values that make an operator.") { Default = "[]" },
        new("administrator", new ListType(StringType.Any), "Values that make an administrator.") { Default = "[]" },
        new("ofFleets", new ListType(OfFleets()), "Values that make a role over the devices of some fleets, for those who have none over all devices.") { Default = "[]" });

    private static ObjectType OfFleets() => new(
        new("value", StringType.Any, "The value that makes it.") { Required = true },
        new("role", new ChoiceType(new("viewer", "Viewer"), new("operator", "Operator"), new("administrator", "Administrator")), "The role.") { Required = true },
        new("fleets", new ListType(StringType.Any, allowEmpty: false), "The names of the fleets.") { Required = true });

    private static DurationType Span(int minimum, int maximum) => new(TimeSpan.FromSeconds(minimum), TimeSpan.FromSeconds(maximum));
}
