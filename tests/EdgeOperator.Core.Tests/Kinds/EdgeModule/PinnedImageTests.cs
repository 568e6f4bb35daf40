using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using EdgeOperator.Core.Tests.Planning;

namespace EdgeOperator.Core.Tests.Kinds.EdgeModule;

/// <summary>A good revision is made of the images it ran, whatever its tags name by now.</summary>
public class PinnedImageTests
{
    private const string Reference = "docker.io/library/app@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    private static readonly EdgeModuleResource Web = Given.Module("web");
    private static readonly Inventory Pinned = new()
    {
        PinnedImages = ImmutableDictionary<ResourceId, PinnedImage>.Empty.Add(Web.Id, new(Web.Id, EngineTarget.Host, "sha256:ran", Reference)),
    };

    [Fact]
    public void A_container_that_is_gone_is_created_from_the_image_it_ran()
    {
        var plan = Given.PlanFor(Given.Desired(Web), With("sha256:ran"), Pinned);

        plan.Fetches.Should().BeEmpty();
        plan.Steps.OfType<CreateContainer>().Should().ContainSingle().Which.ImageId.Should().Be("sha256:ran");
    }

    [Fact]
    public void A_tag_that_still_names_the_image_it_ran_is_what_the_container_is_created_from()
    {
        var device = Given.Device([], "app:1");
        var image = device.Engine.Images.Values.Distinct().Should().ContainSingle().Subject;
        device = device with { Engine = device.Engine with { Images = device.Engine.Images.SetItem(image.Id, image) } };
        var pinned = Pinned with { PinnedImages = Pinned.PinnedImages.SetItem(Web.Id, new(Web.Id, EngineTarget.Host, image.Id, Reference)) };

        Given.PlanFor(Given.Desired(Web), device, pinned).Steps.OfType<CreateContainer>().Should().ContainSingle().Which.ImageId.Should().BeNull();
    }

    [Fact]
    public void An_image_that_is_gone_too_is_fetched_by_its_digest()
    {
        var plan = Given.PlanFor(Given.Desired(Web), With(), Pinned);

        plan.Fetches.OfType<PullImage>().Should().ContainSingle().Which.Should().Match<PullImage>(pull => pull.Image == Reference && !pull.Optional);
    }

    [Fact]
    public void A_container_of_another_image_under_the_same_tag_makes_way()
    {
        var plan = Given.PlanFor(Given.Desired(Web), With("sha256:ran", Given.Container(Web)), Pinned);

        plan.Steps.OfType<CreateContainer>().Should().ContainSingle().Which.ImageId.Should().Be("sha256:ran");
        plan.Summary().Should().Contain("stop web-1");
    }

    [Fact]
    public void A_container_of_the_image_it_ran_stays() =>
        Given.PlanFor(Given.Desired(Web), With("sha256:ran", Given.Container(Web) with { ImageId = "sha256:ran" }), Pinned).ShouldChangeNothing();

    [Fact]
    public void A_revision_that_was_never_good_takes_what_its_tag_names()
    {
        var plan = Given.PlanFor(Given.Desired(Web), With("sha256:ran"), Inventory.Empty);

        plan.Steps.OfType<CreateContainer>().Should().ContainSingle().Which.ImageId.Should().BeNull();
    }

    [Fact]
    public void What_runs_is_remembered_with_the_digest_of_its_own_repository()
    {
        var observed = With("sha256:ran", Given.Container(Web) with { ImageId = "sha256:ran" });
        var image = new ObservedImage("sha256:ran", []);
        observed = observed with { Engine = observed.Engine with { Images = observed.Engine.Images.SetItem("app" + Reference[Reference.IndexOf('@')..], image).SetItem("mirror/app" + Reference[Reference.IndexOf('@')..], image) } };

        RunningImages.Of(Given.Desired(Web), observed).Should().Equal(new PinnedImage(Web.Id, EngineTarget.Host, "sha256:ran", Reference));
    }

    private static ObservedState With(string? image = null, params ObservedContainer[] containers)
    {
        var device = Given.Device(containers, "app:1");
        return image is null ? device : device with { Engine = device.Engine with { Images = device.Engine.Images.SetItem(image, new(image, [])) } };
    }
}
