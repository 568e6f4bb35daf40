using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Tests.Manifests;

/// <summary>Files of a source that can't be used concern who refers to them, and nobody else.</summary>
public sealed class RefusedFileTests
{
    private const string Why = "is a symlink to nowhere, which is not there";

    [Fact]
    public void What_nothing_refers_to_is_worth_a_warning_and_no_more()
    {
        var result = Read([Reading.File("a.yaml", Reading.Module()), Refused("docs/link")]);

        result.Problems.Should().BeEmpty();
        result.Warnings.Should().ContainSingle().Which.ToString().Should().Be($"it is left out: it {Why} (docs/link): correct or remove it");
        result.State!.Resources.Should().ContainSingle();
    }

    [Theory]
    [InlineData("link", "link")]
    [InlineData("link/in/it", "link")]
    [InlineData("/link", "link")]
    public void A_ConfigFile_can_t_have_its_content_from_one_or_from_below_one(string source, string refused) =>
        Read([Reading.File("a.yaml", Reading.ConfigFile($"source: {source}")), Refused(refused)]).Complaints()
            .Should().Be($"`{refused}` {Why} (a.yaml:7:11): correct it, or remove what refers to it");

    [Fact]
    public void A_file_whose_name_begins_alike_is_another_one() =>
        Read([Reading.File("a.yaml", Reading.ConfigFile("source: linked")), Reading.File("linked", "x"), Refused("link")]).Problems.Should().BeEmpty();

    [Theory]
    [InlineData("orders", "orders", "correct it, or remove what refers to it")]
    [InlineData("orders/app", "orders", "correct it, or remove what refers to it")]
    [InlineData("app", "app/node_modules/.bin/tool", "correct it, or remove it from the app")]
    public void A_function_app_can_t_be_one_nor_have_one(string package, string refused, string fix) =>
        Read([Reading.File("a.yaml", Reading.FunctionApp($"package: {package}")), Reading.File("app/host.json", "{}"), Refused(refused)]).Complaints()
            .Should().StartWith($"`{refused}` {Why} (a.yaml:6:12): {fix}");

    [Theory]
    [InlineData("b.yaml")]
    [InlineData("sub/deployment.json")]
    public void A_manifest_that_can_t_be_read_is_a_problem_since_half_of_the_manifests_are_none(string path) =>
        Read([Reading.File("a.yaml", Reading.Module()), Refused(path)]).Complaints()
            .Should().Be($"it can't be read as a manifest: it {Why} ({path}): correct or remove it");

    private static ManifestFile Refused(string path) => new(path, default) { Refused = Why };

    private static ReadResult Read(ManifestFile[] files) => ManifestReader.Read(RegisteredKinds.All.Manifests, "r1", [new("main", files)], new(Reading.Till));
}
