using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins;

namespace EdgeOperator.Core.Tests.Twins;

public sealed class TwinPinsTests
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    [Fact]
    public void A_commit_is_named_for_each_source() =>
        Of($$"""{"fleet":{"commit":"{{Commit}}"} }""").Commits.Should().Equal(new Dictionary<string, string> { ["fleet"] = Commit });

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    public void A_twin_without_pins_has_none(string sources) => Of(sources).Should().Be((TwinPins.None, null));

    [Theory]
    [InlineData("[]", "sources is not an object")]
    [InlineData("""{"fleet":"main"}""", "sources.fleet names no commit")]
    [InlineData("""{"fleet":{"commit":"main"}}""", "sources.fleet names no commit")]
    [InlineData("""{"fleet":{"commit":"0123456789ABCDEF0123456789abcdef01234567"}}""", "sources.fleet names no commit")]
    public void What_names_no_commit_is_said_with_its_place(string sources, string problem)
    {
        var (commits, said) = Of(sources);

        commits.Should().BeEmpty();
        said.Should().Contain(problem);
    }

    private static (System.Collections.Immutable.ImmutableSortedDictionary<string, string> Commits, string? Problem) Of(string sources) =>
        TwinPins.Of(new() { ["edgeoperator"] = new JsonObject { ["sources"] = JsonNode.Parse(sources) } });
}
