using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins.Query;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Core.Tests.Twins.Query;

public sealed class TwinIndexTests
{
    [Theory]
    [InlineData("tags.site = 'berlin'", "site sberlin")]
    [InlineData("'berlin' = TAGS.site", "site sberlin")]
    [InlineData("tags.a.b = -1.50", "a.b n-1.5")]
    [InlineData("tags.a = -0", "a n0")]
    [InlineData("tags.a = true", "a b1")]
    [InlineData("tags.a IN ['x', 2]", "a sx|a n2")]
    [InlineData("tags.a = 'x' AND tags.b > 3", "a sx")]
    [InlineData("tags.a = 'x' AND tags.b = 3", "a sx & b n3")]
    [InlineData("tags.a = 'x' OR tags.b = 3", "a sx|b n3")]
    [InlineData("(tags.a = 'x' AND tags.b = 1) OR tags.c = 3", "a sx|c n3")]
    [InlineData("deviceId = 'd' AND tags.a = 1", "devices d & a n1")]
    [InlineData("deviceId = 'd' OR DEVICEID IN ['e', 'd', 4]", "devices d,e")]
    [InlineData("deviceId = 'd' AND deviceId = 'e'", "devices ")]
    public void What_a_condition_needs_is_known(string condition, string expected)
    {
        var candidates = TwinIndex.CandidatesFor(TwinQuery.ParseCondition(condition))!;

        var parts = candidates.Tags.Select(t => string.Join('|', t));
        string.Join(" & ", candidates.Devices is { } devices ? parts.Prepend($"devices {string.Join(',', devices)}") : parts).Should().Be(expected);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("tags.a = null")]
    [InlineData("tags.a IN ['x', null]")]
    [InlineData("tags.a NIN ['x']")]
    [InlineData("NOT (tags.a = 'x')")]
    [InlineData("tags.a != 'x'")]
    [InlineData("tags.a = tags.b")]
    [InlineData("tags = 'x'")]
    [InlineData("properties.reported.a = 1")]
    [InlineData("tags.a = 1 OR properties.reported.a = 1")]
    [InlineData("tags.a = 1 OR deviceId = 'd'")]
    public void Where_the_index_does_not_tell_all_are_read(string condition) =>
        TwinIndex.CandidatesFor(TwinQuery.ParseCondition(condition)).Should().BeNull();

    [Fact]
    public void Entries_are_short_whatever_is_in_the_tags()
    {
        var tags = new JsonObject { [new string('k', 1000)] = "v", ["a"] = string.Concat(Enumerable.Repeat("😀", 500)), ["b"] = "x\0y" };

        var entries = TwinIndex.EntriesOf(tags);

        entries.Should().HaveCount(3).And.OnlyContain(e => e.Length <= 300 && !e.Contains('\0'));
    }

    [Fact]
    public void Whoever_satisfies_a_condition_is_among_its_candidates() =>
        Prop.ForAll(TwinConditions.Conditions(3).ToArbitrary(), TwinConditions.Tags().ToArbitrary(), (condition, tags) =>
        {
            var where = TwinQuery.ParseCondition(condition);
            var row = new JsonObject { ["deviceId"] = "d1", ["tags"] = JsonNode.Parse(tags) };
            var entries = TwinIndex.EntriesOf(row["tags"]!.AsObject());
            return !QueryEvaluation.Matches(where, row) || TwinIndex.CandidatesFor(where) is not { } candidates
                || ((candidates.Devices is not { } devices || devices.Contains("d1")) && candidates.Tags.All(some => some.Any(entries.Contains)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
}
