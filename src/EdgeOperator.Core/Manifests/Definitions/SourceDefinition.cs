using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Manifests.Definitions;

internal static class SourceDefinition
{
    private const string Instead = "use `git`, `directory` or `twin`";

    public static ObjectType Type { get; } = new(
        new("name", Names.Resource, "The source's name; absent means `git`, `directory` or `twin`."),
        new("git", Git(), "A Git repository."),
        new("directory", Directory(), "A folder on the device."),
        new("twin", Twin(), "The device's twin on a hub (`edgeop-hub` or Azure IoT Hub)."),
        new("cluster", new UnsupportedType("cluster sources", Instead), "A Kubernetes cluster; not supported by this version."))
    {
        Rules = [new Rule.ExactlyOne("git", "directory", "twin", "cluster")],
    };

    private static ObjectType Directory() => new(
        new("path", Names.AbsolutePath, "The folder.") { Required = true },
        Interval(),
        Timeout());

    private static ObjectType Twin() => new(
        new("hub", Names.HostName, "The hub's host name; not with `auth.dps`, which assigns the device to a hub."),
        new("port", IntegerType.Port, "The port of MQTT over TLS.") { Default = "8883" },
        new("httpsPort", IntegerType.Port, "The port of HTTPS, for enrollment and for what the hub knows of modules.") { Default = "443" },
        new("deviceId", Names.Device, "The device's name on the hub; absent means `device.name`."),
        new("caFile", Names.AbsolutePath, "Certificates (PEM) that are trusted for the hub, instead of the system's."),
        new("auth", TwinAuth(), "How the device logs in; without a file it makes a key and enrolls, which an operator of the hub approves.") { Default = "{}" },
        Interval("5m"),
        Timeout());

    private static ObjectType TwinAuth() => new(
        new("keyFile", Names.AbsolutePath, "A file with the device's symmetric key (Base64)."),
        new("certificateFile", Names.AbsolutePath, "A client certificate (PEM)."),
        new("privateKeyFile", Names.AbsolutePath, "The certificate's key (PEM)."),
        new("dps", Provisioning(), "The Device Provisioning Service that assigns the device to a hub; it is asked once, and again when the hub refuses the device."))
    {
        Rules = [new Rule.AtMostOne("keyFile", "certificateFile", "dps"), new Rule.AllOrNone("certificateFile", "privateKeyFile")],
    };

    private static ObjectType Provisioning() => new(
        new("idScope", TextType.Any, "The service's ID scope.") { Required = true },
        new("endpoint", Names.HostName, "The service's host name; an `edgeop-hub` is one too.") { Default = "global.azure-devices-provisioning.net" },
        new("registrationId", Names.Device, "The device's name there; absent means `device.name`."),
        new("symmetricKeyFile", Names.AbsolutePath, "A file with the device's own key (Base64); of a group, the key that is derived for this device."),
        new("certificateFile", Names.AbsolutePath, "A client certificate (PEM) whose common name is the registration id."),
        new("keyFile", Names.AbsolutePath, "The certificate's key (PEM)."))
    {
        Rules = [new Rule.ExactlyOne("symmetricKeyFile", "certificateFile"), new Rule.AllOrNone("certificateFile", "keyFile")],
    };

    private static ObjectType Git() => new([.. Repository("The folder inside the repository; absent means its root.")]);

    /// <summary>The fields of a repository that is fetched.</summary>
    /// <param name="path">What its folder is.</param>
    public static IEnumerable<Field> Repository(string path) =>
    [
        new("url", GitUrlType.Instance, "The repository: https, ssh or file; credentials belong in `auth`.") { Required = true },
        new("ref", Ref(), "What to follow: a branch, a tag, a range of version tags, or one commit.") { Default = "{branch: main}" },
        new("path", TextType.Any, path),
        Interval(),
        Timeout(),
        new("auth", Auth(), "Files that hold credentials.") { Default = "{}" },
        new("verify", Verify(), "Which commits are trusted.") { Default = "{mode: none}" },
        new("proxy", Names.ProxyUrl, "An HTTP or SOCKS proxy, such as `http://proxy:3128`."),
        new("maxFileSize", new MemoryType(1), "The largest file that is accepted.") { Default = "64Mi" },
        new("maxRepositorySize", new MemoryType(1 << 20), "The disk space that the local mirror of the repository may take, at least 1Mi.") { Default = "1Gi" },
    ];

    public static ObjectType Ref() => new(
        new("branch", Names.GitName, "Follow a branch."),
        new("tag", Names.GitName, "Follow a tag."),
        new("semver", SemverRangeType.Instance, "Follow the highest version tag in a range, such as `1.x`, `^1.2`, `>=1.2.0 <2.0.0`."),
        new("commit", Names.Commit, "Stay at one commit, by its full id."))
    {
        Rules = [new Rule.ExactlyOne("branch", "tag", "semver", "commit")],
        Shorthand = "branch",
    };

    private static ObjectType Auth() => new(
        new("sshKeyFile", Names.AbsolutePath, "A private SSH key."),
        new("knownHostsFile", Names.AbsolutePath, "The SSH host keys that are trusted, in OpenSSH's known_hosts format."),
        new("tokenFile", Names.AbsolutePath, "A file that holds a token or password for HTTPS."),
        new("tokenUser", StringType.Any, "The user name that goes with the token.") { Default = "git" },
        new("caFile", Names.AbsolutePath, "Certificates (PEM) that are trusted for HTTPS, instead of the system's."));

    private static ObjectType Verify() => new(
        new("mode", new ChoiceType(new("none", "none"), new("signed", "signed")), "`signed` accepts only what has a good signature by one of `keys`.") { Required = true },
        new("tags", new ChoiceType(new("Tag", nameof(TagVerification.Tag)), new("TagAndHEAD", nameof(TagVerification.TagAndHead)), new("HEAD", nameof(TagVerification.Head))), "What must be signed when a tag or a range of tags is followed: the tag object, both it and its commit, or the commit alone.") { Default = "Tag" },
        new("allowRewind", BooleanType.Instance, "Accept every signed commit; otherwise only descendants of the commit that was verified last.") { Default = "false" },
        new("keys", Keys(), "The keys that are trusted."))
    {
        Rules = [new Rule.OnlyWhen("mode", ["signed"], "keys")],
    };

    private static ObjectType Keys() => new(
        new("allowedSigners", Names.AbsolutePath, "An OpenSSH allowed-signers file."),
        new("gpgKeyring", Names.AbsolutePath, "A file of exported GPG public keys."))
    {
        Rules = [new Rule.AtLeastOne("allowedSigners", "gpgKeyring")],
    };

    private static Field Interval(string absent = "1m") => new("interval", new DurationType(TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)), "Time between polls, before jitter.") { Default = absent };

    private static Field Timeout() => new("timeout", new DurationType(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)), "Limit on one fetch.") { Default = "2m" };
}
