using System.Text;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Tests.Manifests;

public sealed class SourceFileTests
{
    [Theory]
    [InlineData("motd.txt", "apps/motd.txt")]
    [InlineData("./files/motd", "apps/files/motd")]
    [InlineData("../motd.txt", "motd.txt")]
    [InlineData("/shared/motd.txt", "shared/motd.txt")]
    public void A_source_is_found_from_the_manifest_or_from_the_root(string reference, string path) =>
        Reading.Files(("apps/a.yaml", Reading.ConfigFile($"source: {reference}")), (path, "${kept} as it is")).File().Text()
            .Should().Be("${kept} as it is");

    [Fact]
    public void Any_bytes_are_copied()
    {
        var source = new ManifestSource("main", [Reading.File("a.yaml", Reading.ConfigFile("source: blob")), new("blob", new byte[] { 0, 255, 1 })]);

        ManifestReader.Read(RegisteredKinds.All.Manifests, "r", [source], new(Reading.Till)).File().Content.ToArray().Should().Equal(0, 255, 1);
    }

    [Fact]
    public void A_file_that_is_missing_is_a_problem() =>
        Reading.Files(("apps/a.yaml", Reading.ConfigFile("source: mtod.txt")), ("apps/motd.txt", "x")).Complaints().Should().Be(
            "the source has no file `apps/mtod.txt` (apps/a.yaml:7:11): did you mean `/apps/motd.txt`?");

    [Theory]
    [InlineData("../../secret")]
    [InlineData("/../secret")]
    public void A_way_out_of_the_source_is_a_problem(string reference) =>
        Reading.Files(("apps/a.yaml", Reading.ConfigFile($"source: {reference}"))).Complaints().Should().Be(
            $"the file `{reference}` lies outside of the source (apps/a.yaml:7:11): move it into the source");

    [Fact]
    public void A_file_that_is_named_as_a_source_is_no_manifest() =>
        Reading.Files(("a.yaml", Reading.ConfigFile("source: app.yaml")), ("app.yaml", "not: [a manifest")).File().Text()
            .Should().Be("not: [a manifest");

    [Fact]
    public void Files_that_may_be_named_through_a_variable_are_no_manifests() =>
        Reading.Files(
            ("a.yaml", Reading.ConfigFile("source: /config/${device.name}.json")), ("config/till-1.json", "{}"), ("config/till-2.json", "[]"))
            .File().Text().Should().Be("{}");

    [Fact]
    public void A_manifest_can_not_hide_itself() =>
        Reading.Files(("a.yaml", Reading.ConfigFile("source: a.yaml\nmode: x"))).Complaints().Should().Contain("spec.mode");

    [Theory]
    [InlineData(".github/ci.yaml")]
    [InlineData("apps/.hidden.yml")]
    [InlineData("README.md")]
    [InlineData("notes.txt")]
    [InlineData("yaml")]
    public void Hidden_files_and_files_of_other_types_are_not_read(string path) =>
        Reading.Files((path, "{{{")).State!.Resources.Should().BeEmpty();

    [Theory]
    [InlineData("a.yml")]
    [InlineData("deep/er/a.YAML")]
    public void Manifests_are_found_in_every_folder(string path) =>
        Reading.Files((path, Reading.Module())).State!.Resources.Should().ContainSingle();

    [Fact]
    public void A_manifest_may_be_JSON() =>
        Reading.Files(("a.json", """{"apiVersion": "edgeoperator.io/v1alpha1", "kind": "EdgeModule", "metadata": {"name": "web"}, "spec": {"image": "nginx:1"}}"""))
            .Container().Image.Should().Be("nginx:1");

    [Fact]
    public void A_mistake_in_JSON_has_its_place() =>
        Reading.Files(("a.json", "{\n\"apiVersion\": \"edgeoperator.io/v1alpha1\",\n  \"kind\": \"Edge\"}")).Complaints()
            .Should().StartWith("the kind `Edge` is not known (a.json:3:11)");

    [Fact]
    public void A_large_text_survives() =>
        Reading.Files(("a.yaml", Reading.ConfigFile($"content: {new string('x', 1_000_000)}"))).File().Content.Length.Should().Be(Encoding.UTF8.GetByteCount(new string('x', 1_000_000)));
}
