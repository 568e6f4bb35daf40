using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins;
using EdgeOperator.Portal.Actions;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Portal.Tests.Actions;

/// <summary>A twin as it was edited becomes a patch that the hub merges.</summary>
public sealed class TwinEditTests
{
    [Fact]
    public void The_patch_makes_of_the_twin_before_the_twin_as_it_was_edited()
    {
        var pairs = Twins().Two();

        Prop.ForAll(pairs.ToArbitrary(), pair => JsonNode.DeepEquals(TwinMerge.Merged(pair.Item1, TwinEdit.Patch(pair.Item1, pair.Item2)), pair.Item2)).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void What_is_the_same_makes_an_empty_patch() =>
        Prop.ForAll(Twins().ToArbitrary(), twin => TwinEdit.Patch(twin, twin.DeepClone().AsObject()).Count == 0).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("", "this is no JSON (line 1, column 1)")]
    [InlineData("{\"tags\":{},\n\"properties\":}", "this is no JSON (line 2, column 14)")]
    [InlineData("""{"tags":{},"tags":{},"properties":{"desired":{}}}""", "no JSON")]
    [InlineData("[]", "the twin is a JSON object")]
    [InlineData("""{"tags":{},"properties":{"desired":{}},"status":"disabled"}""", "'status' can't be changed here")]
    [InlineData("""{"tags":{},"properties":{"desired":{},"reported":{}}}""", "have to be objects")]
    [InlineData("""{"properties":{"desired":{}}}""", "have to be objects")]
    public void What_is_no_twin_is_refused_with_the_place(string text, string message) =>
        FluentActions.Invoking(() => TwinEdit.Parse(text)).Should().Throw<ActionInputException>().Which.Message.Should().Contain(message);

    // Small, so that names meet.
    private static Gen<JsonObject> Twins() => Gen.Sized(size => Map(Math.Min(size, 3)));

    private static Gen<JsonObject> Map(int depth) =>
        from members in (from name in Gen.Elements("a", "b", "c", "d") from value in Value(depth) select (name, value)).ListOf()
        select new JsonObject(members.DistinctBy(m => m.name).Select(m => KeyValuePair.Create(m.name, (JsonNode?)m.value.DeepClone())));

    private static Gen<JsonNode> Value(int depth)
    {
        var plain = Gen.OneOf(Gen.Elements("x", "y", "").Select(t => (JsonNode)JsonValue.Create(t)!), Gen.Choose(0, 3).Select(n => (JsonNode)JsonValue.Create(n)), Gen.Elements(true, false).Select(b => (JsonNode)JsonValue.Create(b)), Gen.Choose(0, 2).Select(n => (JsonNode)new JsonArray(n, "e")));
        return depth == 0 ? plain : Gen.OneOf(plain, Map(depth - 1).Select(m => (JsonNode)m));
    }
}
