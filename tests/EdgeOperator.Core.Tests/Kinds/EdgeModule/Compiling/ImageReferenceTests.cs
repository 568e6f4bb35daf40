using EdgeOperator.Core.Kinds.EdgeModule.Compiling;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Core.Tests.Kinds.EdgeModule.Compiling;

public sealed class ImageReferenceTests
{
    private const string Digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("busybox", "docker.io/library/busybox:latest", "busybox:latest")]
    [InlineData("docker.io/busybox", "docker.io/library/busybox:latest", "busybox:latest")]
    [InlineData("index.docker.io/library/busybox:1.36", "docker.io/library/busybox:1.36", "busybox:1.36")]
    [InlineData("bitnami/redis:7", "docker.io/bitnami/redis:7", "bitnami/redis:7")]
    [InlineData("mcr.microsoft.com/azureiotedge-hub:1.5", "mcr.microsoft.com/azureiotedge-hub:1.5", "mcr.microsoft.com/azureiotedge-hub:1.5")]
    [InlineData("localhost/app", "localhost/app:latest", "localhost/app:latest")]
    [InlineData("127.0.0.1:5000/site/app:v2", "127.0.0.1:5000/site/app:v2", "127.0.0.1:5000/site/app:v2")]
    [InlineData("[::1]:5000/app:v2", "[::1]:5000/app:v2", "[::1]:5000/app:v2")]
    [InlineData("busybox@" + Digest, "docker.io/library/busybox@" + Digest, "busybox@" + Digest)]
    [InlineData("busybox:1.36@" + Digest, "docker.io/library/busybox@" + Digest, "busybox@" + Digest)]
    public void A_reference_has_a_full_form_and_the_form_that_the_engine_lists(string text, string canonical, string familiar)
    {
        ImageReference.TryParse(text, out var reference, out var error).Should().BeTrue(error);
        reference!.Canonical.Should().Be(canonical);
        reference.Familiar.Should().Be(familiar);
        ImageReference.Normalize(familiar).Should().Be(canonical, "the engine's list must be comparable");
    }

    [Theory]
    [InlineData(null, "is empty")]
    [InlineData("", "is empty")]
    [InlineData("busy box", "white space")]
    [InlineData("Busybox", "capital letters")]
    [InlineData("registry.local/App:1", "capital letters")]
    [InlineData("busybox:", "tag ''")]
    [InlineData("busybox:-x", "tag '-x'")]
    [InlineData("busybox@sha256:12", "digest 'sha256:12'")]
    [InlineData("-bad.host/app", "registry '-bad.host'")]
    [InlineData("a//b", "words of a-z")]
    [InlineData("/app", "words of a-z")]
    [InlineData("${MODULES.Filter.amd64}", "capital letters")]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "image id")]
    public void What_the_engine_would_refuse_is_refused_with_the_reason(string? text, string reason)
    {
        ImageReference.TryParse(text, out _, out var error).Should().BeFalse();
        error.Should().Contain(reason);
    }

    [Fact]
    public void An_image_id_is_its_own_normal_form() =>
        ImageReference.Normalize("Sha256:!").Should().Be("Sha256:!");

    [Fact]
    public void Only_a_digest_pins_an_image()
    {
        ImageReference.TryParse("busybox:1", out var tagged, out _).Should().BeTrue();
        ImageReference.TryParse("busybox:1@" + Digest, out var pinned, out _).Should().BeTrue();
        tagged!.IsMutable.Should().BeTrue();
        pinned!.IsMutable.Should().BeFalse();
    }

    [Fact]
    public void Any_text_is_read_or_refused_and_both_its_forms_name_the_same_image() =>
        Prop.ForAll(NearReferences, text =>
        {
            if (!ImageReference.TryParse(text, out var reference, out var error))
                return error.Length > 0;
            return ImageReference.Normalize(reference.Canonical) == reference.Canonical
                && ImageReference.Normalize(reference.Familiar) == reference.Canonical;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    private static Arbitrary<string> NearReferences =>
        Gen.Elements("a", "b0", "docker.io", "localhost", "library", "x.y", ":5000", "/", "/", ":", "-", "_", "A", " ", "@", "@" + Digest)
            .ListOf().Select(string.Concat).ToArbitrary();
}
