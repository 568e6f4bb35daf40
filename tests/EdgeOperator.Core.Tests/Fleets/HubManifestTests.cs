using System.Text;
using EdgeOperator.Core.Fleets;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Tests.Fleets;

public sealed class HubManifestTests
{
    private const string Fleet = "apiVersion: edgeoperator.io/v1alpha1\nkind: Fleet\nmetadata: {name: tills}\n";

    [Fact]
    public void A_repository_is_read_as_the_agents_own_git_source_is()
    {
        var (manifests, problems, _) = HubManifests.Read(RegisteredKinds.All.Manifests, [File("shop.yaml", """
            apiVersion: edgeoperator.io/v1alpha1
            kind: Repository
            metadata: {name: shop}
            spec:
              url: https://git.example.com/shop.git
              ref: {semver: 1.x}
              path: /fleets/
              interval: 5m
              auth: {tokenFile: /etc/edgeop-hub/repositories/token}
              verify: {mode: signed, keys: {allowedSigners: /etc/edgeop-hub/repositories/signers}}
              webhook: {secretFile: /etc/edgeop-hub/repositories/webhook}
            """)]);

        problems.Should().BeEmpty();
        var repository = manifests.Single().Repository!;
        repository.Git.Should().BeEquivalentTo(new { Name = "shop", Url = "https://git.example.com/shop.git", Ref = new GitRef.SemverRange("1.x"), Path = "fleets", Interval = TimeSpan.FromMinutes(5), Timeout = TimeSpan.FromMinutes(2), TokenUser = "git" });
        repository.Files.Should().BeEquivalentTo("/etc/edgeop-hub/repositories/token", "/etc/edgeop-hub/repositories/signers", "/etc/edgeop-hub/repositories/webhook");
    }

    [Fact]
    public void In_a_repository_a_fleet_without_one_takes_its_folder_from_there()
    {
        var (fleets, problems) = HubManifests.ReadFleets(RegisteredKinds.All.Manifests, [File("tills.yaml", Fleet + "spec: {selector: {}, source: {path: tills}}")], "shop");

        problems.Should().BeEmpty();
        fleets.Single().Fleet!.Source.Should().Be(new FleetSource(Repository: "shop", Path: "tills"));
        fleets.Single().Written.ToJsonString().Should().Contain("\"repository\":\"shop\"");
    }

    [Fact]
    public void In_a_repository_a_fleet_may_keep_to_a_commit_of_its_devices_own_source()
    {
        var (fleets, _) = HubManifests.ReadFleets(RegisteredKinds.All.Manifests, [File("tills.yaml", Fleet + "spec: {selector: {}, source: {ref: {commit: 0123456789abcdef0123456789abcdef01234567}}}")], "shop");

        fleets.Single().Fleet!.Source.Should().Be(new FleetSource(Ref: new(Commit: "0123456789abcdef0123456789abcdef01234567")));
    }

    [Theory]
    [InlineData("web.yaml", "apiVersion: edgeoperator.io/v1alpha1\nkind: EdgeModule\nmetadata: {name: Fleet}\nspec: {}")]
    [InlineData("chart.yaml", "kind: Fleet # edgeoperator.io/v1alpha1\nspec: [")]
    [InlineData("note.txt", "apiVersion: edgeoperator.io/v1alpha1\nkind: Fleet")]
    [InlineData("other.json", "{")]
    public void In_a_repository_what_is_no_fleet_is_somebody_elses(string path, string content)
    {
        var (fleets, problems) = HubManifests.ReadFleets(RegisteredKinds.All.Manifests, [File(path, content)], "shop");

        (fleets.Length, problems.Length).Should().Be((0, path == "chart.yaml" ? 1 : 0), "a file that may have a fleet in it, and can't be read, may hide one");
    }

    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef01234567")]
    [InlineData("0123456789abcdef0123456789abcdef01234567@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    public void A_revision_is_read_as_it_was_written(string text)
    {
        var revision = FleetRevision.Parse(text);

        revision.ToString().Should().Be(text);
        revision.Commit.Should().Be("0123456789abcdef0123456789abcdef01234567");
    }

    private static ManifestFile File(string path, string content) => new(path, Encoding.UTF8.GetBytes(content));
}
