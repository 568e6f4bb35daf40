using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Tests.Manifests;

public class ImagesConfigurationTests
{
    [Theory]
    [InlineData("registry.example.com/*", "registry.example.com/team/app:1", true)]
    [InlineData("registry.example.com/*", "registry.example.com/app@sha256:1111111111111111111111111111111111111111111111111111111111111111", true)]
    [InlineData("registry.example.com/*", "registry.example.com.evil.org/app:1", false)]
    [InlineData("registry.example.com/*", "evil.org/registry.example.com/app:1", false)]
    [InlineData("registry.example.com/*", "registryXexample.com/app", false)]
    [InlineData("docker.io/library/busybox", "busybox", true)]
    [InlineData("docker.io/library/*", "index.docker.io/library/busybox:1", true)]
    [InlineData("docker.io/library/*", "someone/busybox", false)]
    [InlineData("*/app", "r.example:5000/app:2", true)]
    [InlineData("*", "anything", true)]
    [InlineData("*", "sha256:1111111111111111111111111111111111111111111111111111111111111111", true)]
    [InlineData("r.example/a.c", "r.example/abc", false)]
    public void A_pattern_is_of_the_name_in_full(string pattern, string image, bool matches) =>
        (new ImagesConfiguration { Verify = [new(pattern, ImageVerification.Reject, [])] }.RuleFor(image) is not null).Should().Be(matches);

    [Fact]
    public void The_first_that_matches_decides()
    {
        var images = new ImagesConfiguration { Verify = [new("r.example/free/*", ImageVerification.None, []), new("r.example/*", ImageVerification.Signed, ["/k"]), new("*", ImageVerification.Reject, [])] };

        images.RuleFor("r.example/free/app").Should().BeNull();
        images.RuleFor("r.example/app")!.Mode.Should().Be(ImageVerification.Signed);
        images.RuleFor("busybox")!.Mode.Should().Be(ImageVerification.Reject);
    }

    [Fact]
    public void Without_rules_everything_is_accepted() => new ImagesConfiguration().RuleFor("busybox").Should().BeNull();
}
