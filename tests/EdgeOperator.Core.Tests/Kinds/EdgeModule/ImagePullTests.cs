using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Tests.Planning;

namespace EdgeOperator.Core.Tests.Kinds.EdgeModule;

public class ImagePullTests
{
    private const string Pinned = "app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData(ImagePullPolicy.OnCreate, "app:1", true, "optional")]
    [InlineData(ImagePullPolicy.OnCreate, "app:1", false, "required")]
    [InlineData(ImagePullPolicy.OnCreate, Pinned, true, "none")]
    [InlineData(ImagePullPolicy.OnCreate, Pinned, false, "required")]
    [InlineData(ImagePullPolicy.IfNotPresent, "app:1", true, "none")]
    [InlineData(ImagePullPolicy.IfNotPresent, "app:1", false, "required")]
    [InlineData(ImagePullPolicy.Never, "app:1", true, "none")]
    public void A_new_revision_pulls_as_the_policy_says(ImagePullPolicy policy, string image, bool present, string expected)
    {
        var module = Given.Module("web", image, spec => spec with { PullPolicy = policy });

        var plan = Given.PlanFor(Given.Desired(module), Given.Device([], present ? [image] : []), Given.Uncommitted);

        Kind(plan).Should().Be(expected);
    }

    [Theory]
    [InlineData(ImagePullPolicy.OnCreate, true, "none")]
    [InlineData(ImagePullPolicy.OnCreate, false, "required")]
    [InlineData(ImagePullPolicy.IfNotPresent, true, "none")]
    [InlineData(ImagePullPolicy.IfNotPresent, false, "required")]
    public void Healing_within_a_committed_revision_pulls_only_what_is_absent(ImagePullPolicy policy, bool present, string expected)
    {
        var module = Given.Module("web", with: spec => spec with { PullPolicy = policy });

        Kind(Given.PlanFor(Given.Desired(module), Given.Device([], present ? ["app:1"] : []))).Should().Be(expected);
    }

    [Fact]
    public void An_image_that_may_not_be_pulled_and_is_absent_is_a_problem()
    {
        var module = Given.Module("web", "app:2", spec => spec with { PullPolicy = ImagePullPolicy.Never });
        var old = Given.Container(Given.Module("web", "app:1"));

        var plan = Given.PlanFor(Given.Desired(module), Given.Device(old));

        plan.Steps.Should().BeEmpty();
        plan.Blocked.Should().ContainSingle().Which.Should().Match<BlockedResource>(held => held.Reason == BlockedReason.ImageMissing && held.IsProblem && held.Until == null);
        plan.Blocked[0].Message.Should().Contain("app:2").And.Contain("web.yaml:1:1");
    }

    [Fact]
    public void What_was_fetched_for_the_revision_is_not_fetched_again()
    {
        var plan = Given.PlanFor(Given.Desired(Given.Module("web")), Given.Device([], "app:1"), Given.Uncommitted with { Fetched = ["app:1"] });

        plan.Summary().Should().Equal("create web", "start new web");
        plan.IsFetched.Should().BeTrue();
    }

    [Fact]
    public void What_was_fetched_and_went_away_since_is_fetched_again() =>
        Kind(Given.PlanFor(Given.Desired(Given.Module("web")), Given.Device(), Given.Uncommitted with { Fetched = ["app:1"] })).Should().Be("required");

    [Fact]
    public void A_container_that_need_not_be_created_needs_no_image()
    {
        var module = Given.Module("web");
        var device = Given.Device(Given.Container(module).Stopped());

        Given.PlanFor(Given.Desired(module), device with { Engine = device.Engine with { Images = device.Engine.Images.Clear() } }, Given.Uncommitted)
            .Summary().Should().Equal("start web-1");
    }

    [Theory]
    [InlineData("busybox", "busybox:latest")]
    [InlineData("busybox", "docker.io/library/busybox:latest")]
    [InlineData("docker.io/library/busybox:1", "busybox:1")]
    [InlineData("example.org/app", "example.org/app:latest")]
    public void The_engine_may_spell_the_image_in_another_way(string desired, string observed)
    {
        var module = Given.Module("web", desired, spec => spec with { PullPolicy = ImagePullPolicy.IfNotPresent });

        Given.PlanFor(Given.Desired(module), Given.Device([], observed)).Fetches.Should().BeEmpty();
    }

    [Fact]
    public void An_image_of_two_modules_is_pulled_once()
    {
        var plan = Given.PlanFor(Given.Desired(Given.Module("a"), Given.Module("b")), Given.Device());

        plan.Summary().Should().Equal("pull app:1", "create a", "start new a", "create b", "start new b");
        plan.Steps.OfType<CreateContainer>().Should().OnlyContain(create => create.Requires.SequenceEqual(new[] { "pull app:1" }));
    }

    [Fact]
    public void A_required_pull_must_succeed_and_an_optional_one_must_only_end()
    {
        var (present, absent) = (Given.Module("a", "app:1"), Given.Module("b", "app:2"));

        var plan = Given.PlanFor(Given.Desired(present, absent), Given.Device([], "app:1"), Given.Uncommitted);

        var fetched = plan.Steps.OfType<Milestone>().Should().ContainSingle().Subject;
        fetched.Requires.Should().Equal("pull app:2");
        fetched.After.Should().Equal("pull app:1");
    }

    [Fact]
    public void Within_a_committed_revision_a_module_waits_for_its_own_image_only()
    {
        var plan = Given.PlanFor(Given.Desired(Given.Module("a", "app:1"), Given.Module("b", "app:2")), Given.Device());

        plan.Steps.OfType<CreateContainer>().Select(create => create.Requires.Single()).Should().Equal("pull app:1", "pull app:2");
        plan.Steps.OfType<Milestone>().Should().BeEmpty();
    }

    private static string Kind(Plan plan) => plan.Fetches.ToList() switch
    {
        [] => "none",
        [{ Optional: true }] => "optional",
        [{ Optional: false }] => "required",
        _ => "several",
    };
}
