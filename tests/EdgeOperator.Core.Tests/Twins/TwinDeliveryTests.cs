using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Twins;

namespace EdgeOperator.Core.Tests.Twins;

public sealed class TwinDeliveryTests
{
    private static readonly TwinArtifact Fleet = new("fleet", "r1", new('a', 64), null);
    private static readonly TwinArtifact Base = new("base", "r2", new('b', 64), null);

    [Fact]
    public void Each_artifact_is_a_source_of_its_own_and_the_twin_s_own_manifests_win()
    {
        ImmutableArray<ManifestFile> files =
        [
            new("EdgeModule-web.json", new byte[] { 1 }),
            TwinDelivery.IndexOf([Base, Fleet]),
            .. TwinDelivery.Placed(Fleet, [new("web.yaml", new byte[] { 2 }), new("files/motd", new byte[] { 3 })]),
            .. TwinDelivery.Placed(Base, [new("web.yaml", new byte[] { 4 })]),
        ];

        var sources = TwinDelivery.SourcesOf("hub", files);

        sources.Select(s => $"{s.Name}: {string.Join(' ', s.Files.Select(f => f.Path))}").Should().Equal("base: web.yaml", "fleet: web.yaml files/motd", "hub: EdgeModule-web.json");
        TwinDelivery.ArtifactsOf(files).Should().Equal(Base, Fleet);
    }

    [Fact]
    public void A_source_without_artifacts_is_itself()
    {
        ImmutableArray<ManifestFile> files = [new("web.yaml", new byte[] { 1 })];

        TwinDelivery.SourcesOf("git", files).Should().ContainSingle().Which.Should().Match<ManifestSource>(s => s.Name == "git" && s.Files.Single().Path == "web.yaml");
        TwinDelivery.ArtifactsOf(files).Should().BeEmpty();
        TwinDelivery.SourcesOf("git", []).Should().ContainSingle();
    }
}
