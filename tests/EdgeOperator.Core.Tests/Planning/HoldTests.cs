using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Tests.Planning;

public class HoldTests
{
    private static readonly EdgeModuleResource Web = Given.Module("web");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_suspended_resource_is_left_as_it_is(bool byManifest)
    {
        var desired = Given.Desired(Web with { Suspend = byManifest });
        var inventory = byManifest ? Inventory.Empty : Inventory.Empty with { Suspended = [Web.Id] };

        var plan = Given.PlanFor(desired, Given.Device(Given.Container(Given.Module("web", "old:1"))), inventory);

        plan.Steps.Should().BeEmpty();
        plan.Blocked.Should().Equal(new BlockedResource(Web.Id, BlockedReason.Suspended, "it is suspended", null, IsProblem: false));
    }

    [Fact]
    public void A_suspended_resource_that_is_no_longer_desired_is_not_pruned()
    {
        var plan = Given.PlanFor(Given.Desired(), Given.Device(Given.Container(Web)), Inventory.Empty with { Suspended = [Web.Id] });

        plan.Steps.Should().BeEmpty();
        plan.Blocked.Should().ContainSingle().Which.Word.Should().Be("Suspended");
    }

    [Fact]
    public void A_resource_that_failed_lately_is_held_until_it_is_due()
    {
        var later = Given.Now.AddSeconds(20);

        var plan = Given.PlanFor(Given.Desired(Web), Given.Device([], "app:1"), BackOff(Web.SpecHash, later));

        plan.Steps.Should().BeEmpty();
        plan.Blocked.Should().Equal(new BlockedResource(Web.Id, BlockedReason.BackOff, "port 80 is taken", later, IsProblem: false) { Failure = "PortInUse" });
    }

    [Fact]
    public void A_resource_that_is_due_is_tried_again() =>
        Given.PlanFor(Given.Desired(Web), Given.Device([], "app:1"), BackOff(Web.SpecHash, Given.Now)).Steps.Should().NotBeEmpty();

    [Fact]
    public void Another_spec_is_tried_at_once() =>
        Given.PlanFor(Given.Desired(Web), Given.Device([], "app:1"), BackOff("another", Given.Now.AddHours(1))).Steps.Should().NotBeEmpty();

    [Fact]
    public void A_resource_that_is_in_sync_is_not_held_by_its_past() =>
        Given.PlanFor(Given.Desired(Web), Given.Device(Given.Container(Web)), BackOff(Web.SpecHash, Given.Now.AddHours(1))).ShouldChangeNothing();

    [Fact]
    public void A_removal_that_failed_lately_is_held_too() =>
        Given.PlanFor(Given.Desired(), Given.Device(Given.Container(Web)), BackOff("", Given.Now.AddSeconds(5)))
            .Blocked.Should().ContainSingle().Which.Word.Should().Be("PortInUse");

    [Fact]
    public void Without_the_engine_files_are_still_kept_up_and_modules_are_held()
    {
        var file = Given.File("conf");
        var device = Down(Given.Device(Given.Container(Web)));

        var plan = Given.PlanFor(Given.Desired(Web, file), device);

        plan.Summary().Should().Equal("write /etc/conf");
        plan.Blocked.Should().Equal(new BlockedResource(Web.Id, BlockedReason.EngineUnavailable, "connection refused", null, IsProblem: true));
    }

    [Fact]
    public void Without_the_engine_nothing_is_pruned_from_what_was_seen_before()
    {
        Given.PlanFor(Given.Desired(), Down(Given.Device(Given.Container(Web)))).ShouldChangeNothing();
    }

    [Fact]
    public void Without_the_engine_a_revision_does_not_begin()
    {
        var device = Down(Given.Device()).WithFiles(Given.Written(Given.File("old")));

        var plan = Given.PlanFor(Given.Desired(Web, Given.File("conf")), device, Given.Uncommitted);

        plan.Steps.Should().BeEmpty();
        plan.Blocked.Should().HaveCount(2).And.OnlyContain(held => held.Reason == BlockedReason.EngineUnavailable);
        plan.IsFetched.Should().BeFalse();
    }

    [Fact]
    public void Without_the_engine_a_revision_of_files_alone_goes_on() =>
        Given.PlanFor(Given.Desired(Given.File("conf")), Down(Given.Device()), Given.Uncommitted).Summary().Should().Equal("write /etc/conf");

    private static ObservedState Down(ObservedState device) => device with { Engine = device.Engine with { Unavailable = "connection refused" } };

    private static Inventory BackOff(string specHash, DateTimeOffset until) =>
        Inventory.Empty with { BackOff = Inventory.Empty.BackOff.Add(Web.Id, new(specHash, 1, until, "PortInUse", "port 80 is taken")) };
}
