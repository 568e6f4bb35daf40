using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Tests.Manifests;

public sealed class PrecedenceTests
{
    [Fact]
    public void A_name_that_stands_twice_in_a_source_is_refused_with_both_places() =>
        Reading.Files(("b.yaml", "---\n" + Reading.Module()), ("a.yaml", Reading.Module())).Complaints().Should().Be(
            "EdgeModule/web is defined twice (b.yaml:2:1): remove or rename one of them; the first is at a.yaml:1:1");

    [Fact]
    public void Kinds_have_names_of_their_own() =>
        Reading.Yaml(Reading.Module(name: "motd") + "---\n" + Reading.ConfigFile("content: x")).State!.Resources.Should().HaveCount(2);

    [Fact]
    public void A_later_source_wins_with_a_warning()
    {
        var result = ManifestReader.Read(RegisteredKinds.All.Manifests,
            "r1",
            [Reading.Source("base", ("a.yaml", Reading.Module("user: one"))), Reading.Source("site", ("x/b.yaml", Reading.Module("user: two")))],
            new(Reading.Till));

        result.Container().CreateBody.Should().Contain("two");
        result.Warnings.Single().ToString().Should().Be(
            "EdgeModule/web replaces the one of an earlier source (site/x/b.yaml:1:1): rename one of them if that is not meant; the other is at base/a.yaml:1:1");
    }

    [Fact]
    public void Sources_do_not_see_the_files_of_one_another() =>
        ManifestReader.Read(RegisteredKinds.All.Manifests,
            "r1",
            [Reading.Source("base", ("motd", "x")), Reading.Source("site", ("a.yaml", Reading.ConfigFile("source: /motd")))],
            new(Reading.Till)).Complaints().Should().StartWith("the source has no file `motd` (site/a.yaml:7:11)");

    [Fact]
    public void One_manifest_a_site_may_share_a_name()
    {
        var paris = Reading.Module("deviceSelector: {matchLabels: {site: paris}}\nuser: paris");
        var berlin = Reading.Module("deviceSelector: {matchLabels: {site: berlin}}\nuser: berlin");

        Reading.Yaml($"{paris}---\n{berlin}").Container().CreateBody.Should().Contain("berlin");
        Reading.Files(RenderContext.AnyDevice, ("a.yaml", $"{paris}---\n{berlin}")).Problems.Should().BeEmpty();
        Reading.Files(RenderContext.AnyDevice, ("a.yaml", $"{paris}---\n{paris}")).Problems.Should().ContainSingle();
        Reading.Files(RenderContext.AnyDevice, ("a.yaml", $"{paris}---\n{Reading.Module()}")).Problems.Should().ContainSingle();
    }

    [Fact]
    public void The_state_carries_the_revision_it_was_read_for() => Reading.Yaml(Reading.Module()).State!.Revision.Should().Be("r1");

    [Fact]
    public void The_agents_own_file_has_no_effect_in_a_source()
    {
        const string Agent = "apiVersion: edgeoperator.io/v1alpha1\nkind: AgentConfiguration\nspec: {device: {name: d}}\n";

        Reading.Yaml(Agent).Warnings.Single().What.Should().Be("the kind AgentConfiguration has no effect in a source");
        Reading.Files(RenderContext.AnyDevice, ("agent.yaml", Agent)).Warnings.Should().BeEmpty();
        Reading.Files(RenderContext.AnyDevice, ("agent.yaml", Agent.Replace("name", "nam", StringComparison.Ordinal))).Problems.Should().HaveCount(2);
    }
}
