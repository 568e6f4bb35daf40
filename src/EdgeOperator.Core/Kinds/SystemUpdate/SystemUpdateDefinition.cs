using System.Text.RegularExpressions;
using EdgeOperator.Core.Kinds.SystemUpdate.Packages;
using EdgeOperator.Core.Kinds.SystemUpdate.Reboots;
using EdgeOperator.Core.Kinds.SystemUpdate.Releases;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Definitions;
using EdgeOperator.Core.Manifests.Schema;
using EdgeOperator.Core.Schedules;

namespace EdgeOperator.Core.Kinds.SystemUpdate;

internal static partial class SystemUpdateDefinition
{
    public static KindDefinition Kind { get; } = new(
        KindNames.SystemUpdate,
        "What keeps the device's own software current, when that may happen, and how to tell that it went well.",
        new([
            new("packages", new ListType(Package()), "Debian packages, by apt.") { Default = "[]" },
            new("security", new ChoiceType(new("none", nameof(SecurityUpdates.None)), new("all", nameof(SecurityUpdates.All))), "`all` also brings every installed package to the newest version that an archive for security updates has.") { Default = "none" },
            new("agent", AgentReleaseDefinition.Type, "The version of edgeop itself that the device runs."),
            new("window", WindowDefinition.Window, "When changes may begin; absent means at any time."),
            new("downloadWindow", WindowDefinition.Window, "When package lists, packages and releases may be fetched; absent means at any time."),
            new("checkInterval", new DurationType(TimeSpan.FromMinutes(1), TimeSpan.FromDays(30)), "How old package lists may get before they are fetched again.") { Default = "1d" },
            new("healthChecks", new ListType(HealthCheck()), "What must hold after a change; otherwise the versions from before come back.") { Default = "[]" },
            new("reboot", Reboot(), "When the device is rebooted."),
            .. CommonFields.All,
        ])
        { Rules = [new Rule.AtLeastOne("packages", "security", "agent")] });

    private static ObjectType Package() => new(
        new("name", PackageName, "The package's name.") { Required = true },
        new("version", VersionType.Instance, "`latest`, one version, which is then held, or a range in Debian's order and signs.") { Default = "latest" },
        new("state", new ChoiceType(new("present", nameof(PackagePresence.Present)), new("held", nameof(PackagePresence.Held)), new("absent", nameof(PackagePresence.Absent))), "`held` leaves the package as it is installed, `absent` removes it.") { Default = "present" })
    {
        Shorthand = "name",
    };

    private static ObjectType Reboot() => new(
        new("policy", new ChoiceType(new("never", nameof(RebootPolicy.Never)), new("ifRequired", nameof(RebootPolicy.IfRequired)), new("always", nameof(RebootPolicy.Always))), "`never` shows that a reboot is needed and leaves it to people, `ifRequired` reboots in the window when one is needed, `always` after each change of packages.") { Required = true },
        new("deadline", new DurationType(TimeSpan.FromSeconds(10), TimeSpan.FromHours(24)), "How long the device may take after a reboot, once the agent runs, until all is well; then the packages from before come back.") { Default = "10m" })
    {
        Shorthand = "policy",
    };

    private static ObjectType HealthCheck() => new(
        new("exec", new ListType(TextType.Any, allowEmpty: false), "A program and its arguments, run without a shell; exit code 0 means well."),
        new("http", Names.HttpUrl, "A page to GET; an answer of 200 to 399 means well."),
        new("tcp", Names.MetricsAddress, "`host:port` to connect to."),
        new("unit", Names.Unit, "A systemd unit that must be active."),
        new("timeout", new DurationType(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)), "For how long it may fail before it counts.") { Default = "1m" })
    {
        Rules = [new Rule.ExactlyOne("exec", "http", "tcp", "unit")],
    };

    private static StringType PackageName => new("a package's name of lower-case letters, digits, `+`, `-` and `.`", Name(), 128);

    [GeneratedRegex(@"^[a-z0-9][a-z0-9+.-]*[a-z0-9+.](:[a-z0-9]+(-[a-z0-9]+)*)?$")]
    private static partial Regex Name();
}
