using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using EdgeOperator.Core.Tests.Planning;

namespace EdgeOperator.Core.Tests.Kinds.EdgeModule;

public class FetchBarrierTests
{
    [Fact]
    public void A_revision_changes_nothing_before_every_image_is_there()
    {
        var (old, gone) = (Given.Module("web", "app:1"), Given.Module("gone"));
        var (a, b) = (Given.Module("web", "app:2"), Given.Module("db", "data:1"));
        var device = Given.Device(Given.Container(old), Given.Container(gone)).WithFiles();

        var plan = Given.PlanFor(Given.Desired(a, b, Given.File("conf")), device, Given.Uncommitted);

        plan.IsFetched.Should().BeFalse();
        foreach (var first in new[] { "create web.next-", "create db", "stop gone-1", "write /etc/conf" })
            plan.Steps.Single(step => step.Summary().StartsWith(first, StringComparison.Ordinal)).Requires.Should().Contain("milestone fetched", first);
    }

    [Fact]
    public void A_pull_that_failed_lately_still_belongs_to_the_plan_and_says_when_it_is_due()
    {
        var (failing, other) = (Given.Module("web", "app:2"), Given.Module("db", "data:1"));
        var later = Given.Now.AddMinutes(1);
        var inventory = Given.Uncommitted with { BackOff = Inventory.Empty.BackOff.Add(failing.Id, new(failing.SpecHash, 2, later, "PullFailed", "no route to host")) };

        var plan = Given.PlanFor(Given.Desired(failing, other), Given.Device([], "data:1"), inventory);

        plan.Fetches.OfType<PullImage>().Single(pull => pull.Image == "app:2").NotBefore.Should().Be(later);
        plan.Steps.OfType<CreateContainer>().Should().ContainSingle().Which.Name.Should().Be("db");
        plan.Steps.OfType<Milestone>().Single().Requires.Should().Contain("pull app:2");
        plan.Blocked.Should().Equal(new BlockedResource(failing.Id, BlockedReason.BackOff, "no route to host", later, IsProblem: false) { Failure = "PullFailed" });
    }

    [Fact]
    public void With_one_image_to_pull_there_is_no_need_of_a_milestone()
    {
        var plan = Given.PlanFor(Given.Desired(Given.Module("web")), Given.Device(), Given.Uncommitted);

        plan.Steps.Select(step => step.Id).Should().HaveCount(3).And.StartWith("pull app:1");
        plan.Steps[1].Requires.Should().Equal("pull app:1");
    }
}
