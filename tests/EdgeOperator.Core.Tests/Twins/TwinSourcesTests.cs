using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins;

namespace EdgeOperator.Core.Tests.Twins;

public sealed class TwinSourcesTests
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";
    private const string Hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Fact]
    public void A_commit_is_named_for_each_source() =>
        Of($$"""{"fleet":{"commit":"{{Commit}}"} }""").Sources.Commits.Should().Equal(new Dictionary<string, string> { ["fleet"] = Commit });

    [Fact]
    public void Artifacts_are_named_beside_commits_in_the_order_of_their_names()
    {
        var (sources, problem) = Of($$"""{"b":{"revision":"{{Commit}}","digest":"sha256:{{Hash}}","url":"/api/v1/artifacts/{{Hash}}"},"c":{"commit":"{{Commit}}"},"a":{"revision":"r1","digest":"sha256:{{Hash}}"} }""");

        problem.Should().BeNull();
        sources.Commits.Keys.Should().Equal("c");
        sources.Artifacts.Should().Equal(new TwinArtifact("a", "r1", Hash, null), new TwinArtifact("b", Commit, Hash, $"/api/v1/artifacts/{Hash}"));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    public void A_twin_without_sources_has_none(string sources) => Of(sources).Should().Be((TwinSources.None, null));

    [Theory]
    [InlineData("[]", "sources is not an object")]
    [InlineData("""{"fleet":"main"}""", "sources.fleet names no commit")]
    [InlineData("""{"fleet":{"commit":"main"}}""", "sources.fleet names no commit")]
    [InlineData("""{"fleet":{"commit":"0123456789ABCDEF0123456789abcdef01234567"}}""", "sources.fleet names no commit")]
    [InlineData("""{"fleet":{"digest":"sha256:DIGEST","commit":"0123456789abcdef0123456789abcdef01234567"}}""", "names both")]
    [InlineData("""{"fleet":{"digest":"DIGEST","revision":"r"}}""", "sources.fleet has no digest")]
    [InlineData("""{"fleet":{"digest":"sha512:DIGEST","revision":"r"}}""", "sources.fleet has no digest")]
    [InlineData("""{"fleet":{"digest":7,"revision":"r"}}""", "sources.fleet has no digest")]
    [InlineData("""{"fleet":{"digest":"sha256:DIGEST"}}""", "sources.fleet has no revision")]
    [InlineData("""{"fleet":{"digest":"sha256:DIGEST","revision":""}}""", "sources.fleet has no revision")]
    [InlineData("""{"../up":{"digest":"sha256:DIGEST","revision":"r"}}""", "no artifact can have")]
    [InlineData("""{"a/b":{"digest":"sha256:DIGEST","revision":"r"}}""", "no artifact can have")]
    [InlineData("""{"fleet":{"digest":"sha256:DIGEST","revision":"r","url":"http://hub/a"}}""", "url that can't be used")]
    [InlineData("""{"fleet":{"digest":"sha256:DIGEST","revision":"r","url":"file:///etc/shadow"}}""", "url that can't be used")]
    [InlineData("""{"fleet":{"digest":"sha256:DIGEST","revision":"r","url":"//elsewhere/a"}}""", "url that can't be used")]
    [InlineData("""{"fleet":{"digest":"sha256:DIGEST","revision":"r","url":7}}""", "url that can't be used")]
    public void What_is_wrong_is_said_with_its_place_and_nothing_is_taken(string sources, string problem)
    {
        var (read, said) = Of(sources.Replace("DIGEST", Hash, StringComparison.Ordinal));

        read.Should().Be(TwinSources.None);
        said.Should().Contain(problem);
    }

    private static (TwinSources Sources, string? Problem) Of(string sources) =>
        TwinSources.Of(new() { ["edgeoperator"] = new JsonObject { ["sources"] = JsonNode.Parse(sources) } });
}
