using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Core.Tests.Planning;

public class PlanTextTests
{
    [Fact]
    public void An_empty_plan_says_so() => PlanText.Render(Plan.Nothing).Should().Be("No changes.\n");

    [Fact]
    public void A_step_is_a_line_with_its_reason_and_holds_come_last()
    {
        var id = Given.ModuleId("web");
        var plan = new Plan(
            [
                new PullImage(id, "the image is not on the device", "app:1", Optional: false),
                new Milestone(new("Revision", "r1"), "everything is fetched", "fetched"),
                new CreateContainer(id, "there is no container", "web", "0123456789abcdef"),
                new StartContainer(id, "it is new", null),
                new AwaitReady(id, "others depend on it"),
                new RemoveContainer(id, "it was replaced", "0123456789abcdef0123"),
            ],
            [
                new(Given.ModuleId("a"), BlockedReason.NameClash, "somebody has the name", null, IsProblem: true),
                new(Given.ModuleId("b"), BlockedReason.BackOff, "no route", Given.Now, IsProblem: false) { Failure = "PullFailed" },
            ]);

        PlanText.Render(plan).Should().Be(
            """
            + pull app:1: the image is not on the device
            + create EdgeModule/web 0123456789abcdef: there is no container
            ~ start EdgeModule/web new: it is new
            = await EdgeModule/web: others depend on it
            - remove EdgeModule/web 0123456789ab: it was replaced
            ! EdgeModule/a is blocked (NameClash): somebody has the name
            ! EdgeModule/b is blocked (PullFailed): no route (until 2026-05-04 12:00:00 UTC)

            """);
    }
}
