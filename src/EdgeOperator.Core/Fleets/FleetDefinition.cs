using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Definitions;
using EdgeOperator.Core.Manifests.Schema;
using EdgeOperator.Core.Schedules;

namespace EdgeOperator.Core.Fleets;

internal static class FleetDefinition
{
    public static KindDefinition Kind { get; } = new(
        KindNames.Fleet,
        "Devices of a hub that have one revision, and how a new one reaches them.",
        new(
            new("selector", CommonFields.DeviceSelector, "The devices, by their labels on the hub; `{}` for all of them.") { Required = true },
            new("source", Source(), "What the devices are to be at.") { Required = true },
            new("rolloutPolicy", Policy(), "How a revision reaches them.") { Default = "{}" }))
    {
        IsDeviceSide = false,
        IsForHub = true,
    };

    private static ObjectType Source() => new(
        new("repository", Names.Resource, "The hub's Repository that a folder is taken from: devices get it as an artifact. In a Fleet that itself comes from a Repository, absent means that one, unless `ref` has a commit and no `path` stands there. Anywhere else, absent means that the devices fetch it with a Git source of their own."),
        new("path", TextType.Any, "The folder in the repository; absent means its root."),
        new("name", Names.Resource, "The source on the devices: with `repository` what the artifact is called there, absent means `fleet`; otherwise the Git source in the devices' own configuration that is kept at the commit, absent means `git`."),
        new("ref", SourceDefinition.Ref(), "The revision. With `repository`, absent means what that follows; without, a commit by its full id."));

    private static ObjectType Policy() => new(
        new("batches", new BatchListType(Batch()), "The order in which devices get a revision. Those that no batch takes are in a last one of their own.") { Default = "[]" },
        new("successThreshold", PercentType.Instance, "The share of a batch's devices that must report the revision and Ready; of batches that don't say.") { Default = "90%" },
        new("soak", Span(TimeSpan.Zero), "How long they must stay so before the next batch begins; of batches that don't say.") { Default = "0s" },
        new("approval", ApprovalType(), "`Manual` has somebody approve each batch before it begins; of batches that don't say.") { Default = "Automatic" },
        new("updateTimeout", Span(TimeSpan.FromMinutes(1)), "How long a device may take until it reports the revision and Ready; then it has failed.") { Default = "1h" },
        new("disruptionBudget", Budget(), "How many devices may be away from their work at once."),
        new("maxConcurrentDownloads", Downloads(), "How many devices may fetch a revision at once."),
        new("jitter", Span(TimeSpan.Zero), "The devices of a batch begin within so long, each at its own time.") { Default = "0s" },
        new("windows", new ListType(Window()), "Devices begin only while one of these is open; empty for always. What has begun goes on, and going back waits for none.") { Default = "[]" },
        new("onFailure", new ChoiceType(new(nameof(FailureAction.Pause), nameof(FailureAction.Pause)), new(nameof(FailureAction.RollBack), nameof(FailureAction.RollBack))), "What follows when a batch misses its threshold: `Pause` lets nothing more begin, `RollBack` gives devices back what each had.") { Default = "Pause" });

    private static ObjectType Batch() => new(
        new("name", Names.Resource, "The batch's name.") { Required = true },
        new("selector", CommonFields.DeviceSelector, "Of the fleet's devices, those with such labels; absent means all."),
        new("limit", AmountType.Instance, "At most so many of those; a share is one of all that the selector takes, and of a few at least one. Absent means all."),
        new("successThreshold", PercentType.Instance, "The share of its devices that must report the revision and Ready."),
        new("soak", Span(TimeSpan.Zero), "How long they must stay so before the next batch begins."),
        new("approval", ApprovalType(), "`Manual` has somebody approve the batch before it begins."));

    private static ObjectType Budget() => new(
        Groups(),
        new("maxUnavailable", AmountType.Instance, "At most so many of a group are being updated or not Ready. A share of a few is at least one."),
        new("minAvailable", AmountType.Instance, "At least so many of a group stay connected, Ready and not being updated. A share is rounded up."))
    {
        Rules = [new Rule.AtLeastOne("maxUnavailable", "minAvailable")],
    };

    private static ObjectType Downloads() => new(
        new("limit", new IntegerType("a whole number", 1, 1_000_000), "At most so many of a group.") { Required = true },
        Groups())
    {
        Shorthand = "limit",
    };

    private static ObjectType Window() => new([.. WindowDefinition.Window.Fields.Where(field => field.Name != "graceAfterMissed")]);

    private static Field Groups() => new("groupBy", new ListType(Names.LabelKeyText), "Labels by whose values devices are grouped; empty for the whole fleet.") { Default = "[]" };

    private static ChoiceType ApprovalType() => new(new(nameof(Approval.Automatic), nameof(Approval.Automatic)), new(nameof(Approval.Manual), nameof(Approval.Manual)));

    private static DurationType Span(TimeSpan least) => new(least, TimeSpan.FromDays(30));
}
