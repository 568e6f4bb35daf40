using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Core.Tests.Twins;

public sealed class TwinMergeTests
{
    [Theory]
    [InlineData("""{"a":1}""", """{"b":2}""", """{"a":1,"b":2}""")]
    [InlineData("""{"a":{"x":1,"y":2}}""", """{"a":{"y":null,"z":3}}""", """{"a":{"x":1,"z":3}}""")]
    [InlineData("""{"a":[1,2,3]}""", """{"a":[4]}""", """{"a":[4]}""")]
    [InlineData("""{"a":1}""", """{"a":{"b":1}}""", """{"a":{"b":1}}""")]
    [InlineData("""{"a":{"b":1}}""", """{"a":1}""", """{"a":1}""")]
    [InlineData("""{}""", """{"a":{"b":null}}""", """{"a":{}}""")]
    [InlineData("""{"a":1}""", """{"a":null,"b":null}""", """{}""")]
    public void Objects_are_merged_null_removes_and_all_else_replaces(string content, string patch, string merged) =>
        TwinMerge.Merged(TwinJson.Object(content), TwinJson.Object(patch)).ToJsonString().Should().Be(merged);

    [Theory]
    [InlineData("""{"a":1,"b":2}""", """{"a":1,"c":100}""", """{"a":1,"c":100,"b":null}""")]
    [InlineData("""{"a":{"x":1,"y":2}}""", """{"a":{"y":3}}""", """{"a":{"y":3,"x":null}}""")]
    [InlineData("""{"a":{"x":1}}""", """{"a":1}""", """{"a":1}""")]
    public void A_difference_has_all_that_comes_and_null_for_what_goes(string from, string to, string difference) =>
        TwinMerge.Difference(TwinJson.Object(from), TwinJson.Object(to)).ToJsonString().Should().Be(difference);

    [Fact]
    public void Merging_the_difference_of_two_documents_makes_one_of_the_other() =>
        Prop.ForAll(TwinJson.Objects(withNulls: false), TwinJson.Objects(withNulls: false), (from, to) => JsonNode.DeepEquals(
            TwinMerge.Merged(TwinJson.Object(from), TwinMerge.Difference(TwinJson.Object(from), TwinJson.Object(to))),
            TwinJson.Object(to))).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("""{"a":1,"b":{"x":1,"y":2}}""", """{"a":1,"b":{"x":1,"y":3}}""", """{"b":{"y":3}}""")]
    [InlineData("""{"a":1}""", """{"a":1}""", "{}")]
    [InlineData("""{"a":1,"b":2}""", """{"b":2}""", """{"a":null}""")]
    public void Changes_are_what_is_not_equal(string from, string to, string changes) =>
        TwinMerge.Changes(TwinJson.Object(from), TwinJson.Object(to)).ToJsonString().Should().Be(changes);

    [Fact]
    public void Merging_the_changes_between_two_documents_makes_one_of_the_other() =>
        Prop.ForAll(TwinJson.Objects(withNulls: false), TwinJson.Objects(withNulls: false), (from, to) => JsonNode.DeepEquals(
            TwinMerge.Merged(TwinJson.Object(from), TwinMerge.Changes(TwinJson.Object(from), TwinJson.Object(to))),
            TwinJson.Object(to))).QuickCheckThrowOnFailure();

    [Fact]
    public void Merging_a_patch_twice_changes_nothing_more() =>
        Prop.ForAll(TwinJson.Objects(withNulls: false), TwinJson.Objects(withNulls: true), (content, patch) =>
        {
            var once = TwinMerge.Merged(TwinJson.Object(content), TwinJson.Object(patch));
            return JsonNode.DeepEquals(once, TwinMerge.Merged(once, TwinJson.Object(patch)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_merge_changes_neither_of_its_arguments() =>
        Prop.ForAll(TwinJson.Objects(withNulls: false), TwinJson.Objects(withNulls: true), (content, patch) =>
        {
            var (before, change) = (TwinJson.Object(content), TwinJson.Object(patch));
            TwinMerge.Merged(before, change);
            return JsonNode.DeepEquals(before, TwinJson.Object(content)) && JsonNode.DeepEquals(change, TwinJson.Object(patch));
        }).QuickCheckThrowOnFailure();
}
