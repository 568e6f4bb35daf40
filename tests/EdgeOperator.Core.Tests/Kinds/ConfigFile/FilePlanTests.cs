using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using EdgeOperator.Core.Tests.Planning;

namespace EdgeOperator.Core.Tests.Kinds.ConfigFile;

public class FilePlanTests
{
    private static readonly ConfigFileResource Conf = Given.File("conf");
    private static readonly ObservedConfigFile Written = Given.Written(Conf);

    [Fact]
    public void A_file_that_is_as_desired_needs_nothing() =>
        Given.PlanFor(Given.Desired(Conf), Given.Device().WithFiles(Written)).ShouldChangeNothing();

    [Fact]
    public void A_file_that_was_never_seen_is_written() => Reason(Given.Device()).Should().Be("it is missing");

    [Fact]
    public void A_file_that_differs_is_written_and_the_plan_says_how_it_differs()
    {
        Reason(With(Written with { Exists = false, ContentHash = null })).Should().Be("it is missing");
        Reason(With(Written with { ContentHash = "other" })).Should().Be("its content differs");
        Reason(With(Written with { Mode = Convert.ToInt32("600", 8) })).Should().Be("its mode is 0600, not 0644");
        Reason(With(Written with { OwnerMatches = false }), Conf with { File = Conf.File with { Owner = "app" } }).Should().Be("its owner is not app");
    }

    [Fact]
    public void A_file_that_somebody_else_wrote_just_so_is_left_alone() =>
        Given.PlanFor(Given.Desired(Conf), With(Written with { WrittenFor = null, WrittenAt = null })).ShouldChangeNothing();

    [Fact]
    public void A_path_that_can_not_be_managed_is_a_problem()
    {
        var plan = Given.PlanFor(Given.Desired(Conf), With(Written with { Refused = "it is a folder" }));

        plan.Steps.Should().BeEmpty();
        plan.Blocked.Should().Equal(new BlockedResource(Conf.Id, BlockedReason.PathRefused, "/etc/conf can't be managed: it is a folder", null, IsProblem: true));
    }

    [Fact]
    public void Two_resources_with_one_path_are_both_held_and_nothing_is_written_there()
    {
        var (a, b) = (Given.File("a", path: "/etc/x"), Given.File("b", path: "/etc/x"));

        var plan = Given.PlanFor(Given.Desired(a, b), Given.Device().WithFiles(Given.Written(a) with { ContentHash = "old" }));

        plan.Steps.Should().BeEmpty();
        plan.Blocked.Should().HaveCount(2).And.OnlyContain(held => held.Reason == BlockedReason.PathClash && held.IsProblem);
        plan.Blocked[0].Message.Should().Be("ConfigFile/b (b.yaml:1:1) asks for /etc/x as well; remove one of them (a.yaml:1:1)");
    }

    [Fact]
    public void A_file_that_nothing_asks_for_any_more_is_put_back_as_it_was()
    {
        var plan = Given.PlanFor(Given.Desired(), With(Written));

        plan.Summary().Should().Equal("restore /etc/conf");
        plan.Steps[0].Reason.Should().Be("ConfigFile/conf no longer asks for it");
    }

    [Fact]
    public void A_file_that_moved_is_written_and_the_old_one_is_put_back() =>
        Given.PlanFor(Given.Desired(Given.File("conf", path: "/etc/new")), With(Written)).Summary()
            .Should().Equal("write /etc/new", "restore /etc/conf");

    [Fact]
    public void A_path_that_another_resource_takes_over_is_written_and_not_put_back() =>
        Given.PlanFor(Given.Desired(Given.File("heir", "other", path: "/etc/conf")), With(Written)).Summary()
            .Should().Equal("write /etc/conf");

    [Fact]
    public void A_file_that_was_protected_after_it_was_written_stays() =>
        Given.PlanFor(Given.Desired(), With(Written), Inventory.Empty with { Retained = [Written.WrittenFor!.Value] }).ShouldChangeNothing();

    [Fact]
    public void A_protected_file_stays() =>
        Given.PlanFor(Given.Desired(), With(Written with { PruneDisabled = true })).ShouldChangeNothing();

    [Fact]
    public void The_file_of_a_suspended_resource_stays() =>
        Given.PlanFor(Given.Desired(), With(Written), Inventory.Empty with { Suspended = [Conf.Id] }).Steps.Should().BeEmpty();

    [Fact]
    public void A_file_to_put_back_whose_path_can_not_be_managed_is_a_problem() =>
        Given.PlanFor(Given.Desired(), With(Written with { Refused = "it is a symlink" })).Blocked
            .Should().ContainSingle().Which.Word.Should().Be("PathRefused");

    private static ObservedState With(ObservedConfigFile file) => Given.Device().WithFiles(file);

    private static string Reason(ObservedState device, ConfigFileResource? file = null)
    {
        var write = Given.PlanFor(Given.Desired(file ?? Conf), device).Steps.Should().ContainSingle().Which.Should().BeOfType<WriteFile>().Subject;
        write.ContentHash.Should().Be(Conf.File.ContentHash);
        return write.Reason;
    }
}
