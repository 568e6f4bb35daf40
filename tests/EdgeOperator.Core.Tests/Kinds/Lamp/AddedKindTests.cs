using System.Collections.Immutable;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using EdgeOperator.Core.Tests.Manifests;
using EdgeOperator.Core.Tests.Planning;

namespace EdgeOperator.Core.Tests.Kinds.Lamp;

/// <summary>A kind is a module: one that no file of the product knows of is read, checked, planned, assessed and pruned once it is registered.</summary>
public sealed class AddedKindTests
{
    private static readonly KindSet Kinds = RegisteredKinds.All.Add(new LampKind());

    private const string Red = """
        apiVersion: edgeoperator.io/v1alpha1
        kind: Lamp
        metadata: {name: red}
        spec: {colour: red, socket: E27}
        """;

    [Fact]
    public void Its_manifests_are_read() =>
        Read(("red.yaml", Red)).State!.Resources.Values.Should().ContainSingle().Which.Should().BeOfType<LampResource>().Which.Colour.Should().Be("red");

    [Fact]
    public void Without_its_registration_it_is_not_known() =>
        Reading.Files(("red.yaml", Red)).Complaints().Should().Contain("the kind `Lamp` is not known");

    [Fact]
    public void Its_fields_are_checked() =>
        Read(("red.yaml", Red.Replace("colour", "color", StringComparison.Ordinal))).Complaints().Should().Contain("color").And.Contain("did you mean `colour`?");

    [Fact]
    public void It_has_a_JSON_schema()
    {
        JsonSchema.For(Kinds.Manifests, "Lamp")!["properties"]!["spec"]!["properties"]!["colour"]!["description"]!.GetValue<string>().Should().Be("How it shines.");
        JsonSchema.All(Kinds.Manifests).ToJsonString().Should().Contain("EdgeModule|ConfigFile|FunctionApp|VirtualMachine|SystemUpdate|Secret|Lamp");
    }

    [Fact]
    public void What_it_names_as_its_data_is_no_manifest() =>
        Read(("red.yaml", Red.Replace("socket: E27", "socket: E27, pattern: blink.yaml", StringComparison.Ordinal)), ("blink.yaml", "- 1\n- 0\n")).Complaints().Should().BeEmpty();

    [Fact]
    public void Two_of_it_can_not_claim_the_same() =>
        Read(("red.yaml", Red), ("blue.yaml", Red.Replace("red", "blue", StringComparison.Ordinal))).Complaints().Should()
            .Be("Lamp/red and Lamp/blue both are in socket E27 (red.yaml:1:1): move one of them; the other is at blue.yaml:1:1");

    [Fact]
    public void Other_kinds_can_depend_on_it_and_it_on_them()
    {
        var lamp = Lamp("red") with { DependsOn = [Given.ModuleId("power")] };
        var plan = PlanFor(Given.Desired(lamp, Given.Module("power"), Given.Module("web", dependsOn: "Lamp/red")), Given.Device());

        var order = plan.Steps.Select(step => step.Id).ToList();
        order.IndexOf("await EdgeModule/power").Should().BePositive().And.BeLessThan(order.IndexOf("switch Lamp/red to red"));
        order.IndexOf("switch Lamp/red to red").Should().BeLessThan(order.IndexOf("await Lamp/red"));
        plan.Steps.Single(step => step.Id == "create EdgeModule/web " + Given.Module("web").SpecHash).Requires.Should().Contain("await Lamp/red");
    }

    [Fact]
    public void Its_reference_in_dependsOn_is_known_to_the_readers() =>
        Read(("red.yaml", Red), ("web.yaml", Reading.Module("dependsOn: [Lamp/red]"))).Complaints().Should().BeEmpty();

    [Fact]
    public void It_is_planned_until_it_is_as_desired()
    {
        PlanText.Render(PlanFor(Given.Desired(Lamp("red")), Shining("red", "green"))).Should().Be("~ switch Lamp/red to red: it is green\n");
        PlanFor(Given.Desired(Lamp("red")), Shining("red", "red")).ShouldChangeNothing();
    }

    [Fact]
    public void What_is_suspended_or_failed_lately_is_left_alone()
    {
        var backOff = Inventory.Empty.BackOff.Add(new("Lamp", "red"), new(Lamp("red").SpecHash, 1, Given.Now.AddMinutes(1), "Broken", "it is broken"));

        PlanFor(Given.Desired(Lamp("red") with { Suspend = true }), Given.Device()).Blocked.Should().ContainSingle().Which.Reason.Should().Be(BlockedReason.Suspended);
        PlanFor(Given.Desired(Lamp("red")), Given.Device(), Inventory.Empty with { BackOff = backOff }).Blocked.Should().ContainSingle().Which.Word.Should().Be("Broken");
    }

    [Fact]
    public void It_is_pruned_once_the_revision_is_good()
    {
        PlanText.Render(PlanFor(Given.Desired(), Shining("red", "red"))).Should().Be("- unscrew Lamp/red: Lamp/red is no longer desired\n");
        PlanFor(Given.Desired(), Shining("red", "red"), Given.Uncommitted).ShouldChangeNothing();
        PlanFor(Given.Desired(), Shining("red", "red"), Inventory.Empty with { Retained = [new("Lamp", "red")] }).ShouldChangeNothing();
    }

    [Fact]
    public void Its_readiness_counts()
    {
        Readiness.Assess(Kinds, Given.Desired(Lamp("red")), Given.Device(), [], Given.Now).Single().Reason.Should().Be("Dark");
        Readiness.Assess(Kinds, Given.Desired(Lamp("red")), Shining("red", "red"), [], Given.Now).Single().IsReady.Should().BeTrue();
    }

    [Fact]
    public void Two_kinds_of_one_name_are_refused() => FluentActions.Invoking(() => Kinds.Add(new LampKind())).Should().Throw<ArgumentException>();

    private static LampResource Lamp(string name) => new() { Id = new("Lamp", name), Origin = new("a.yaml", 1, 1), Colour = "red", Socket = name };

    private static ObservedState Shining(string name, string colour) =>
        Given.Device().With(new ObservedLamps(ImmutableSortedDictionary<string, string>.Empty.Add(name, colour)));

    private static Plan PlanFor(DesiredState desired, ObservedState observed, Inventory? inventory = null) =>
        Planner.Plan(Kinds, desired, observed, inventory ?? Inventory.Empty, Given.Now);

    private static ReadResult Read(params (string Path, string Text)[] files) =>
        ManifestReader.Read(Kinds.Manifests, "r1", [Reading.Source("main", files)], new(Reading.Till));
}
