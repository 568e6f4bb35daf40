using EdgeOperator.Core.Versions;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Core.Tests.Versions;

public sealed class SemverRangeTests
{
    [Theory]
    [InlineData("^1.2.3", "1.2.3 1.2.4 1.9.0", "1.2.2 2.0.0 0.9.0 2.0.0-rc.1 1.3.0-rc.1")]
    [InlineData("^0.2.3", "0.2.3 0.2.9", "0.3.0 0.2.2 1.0.0")]
    [InlineData("^0.0.3", "0.0.3", "0.0.2 0.0.4 0.1.0")]
    [InlineData("^1.2", "1.2.0 1.99.0", "1.1.9 2.0.0")]
    [InlineData("^0.0", "0.0.0 0.0.9", "0.1.0")]
    [InlineData("^0.0.x", "0.0.0 0.0.9", "0.1.0")]
    [InlineData("^0", "0.0.0 0.9.0", "1.0.0")]
    [InlineData("^1.x", "1.0.0 1.9.9", "2.0.0 0.9.9")]
    [InlineData("^*", "0.0.0 9.9.9", "1.0.0-rc.1")]
    [InlineData("^1.2.3-beta.2", "1.2.3-beta.2 1.2.3-beta.4 1.2.3 1.2.4-beta.2 1.3.0", "1.2.3-beta.1 2.0.0 2.0.0-rc.1")]
    [InlineData("~1.2.3", "1.2.3 1.2.9", "1.2.2 1.3.0")]
    [InlineData("~1.2", "1.2.0 1.2.9", "1.1.0 1.3.0")]
    [InlineData("~1", "1.0.0 1.9.9", "2.0.0")]
    [InlineData("~0.2.3", "0.2.3 0.2.9", "0.3.0")]
    [InlineData("~>1.2.3", "1.2.9", "1.3.0")]
    [InlineData("~1.2.3-beta.2", "1.2.3-beta.2 1.2.3 1.2.4-beta.2 1.2.9", "1.3.0 1.3.0-rc.1")]
    [InlineData("1.2.3", "1.2.3", "1.2.4 1.2.3-rc.1")]
    [InlineData("=v1.2.3", "1.2.3", "1.2.4")]
    [InlineData("1.2", "1.2.0 1.2.9", "1.3.0 1.1.9")]
    [InlineData("1.2.x", "1.2.0 1.2.9", "1.3.0")]
    [InlineData("1.X", "1.0.0 1.9.9", "2.0.0")]
    [InlineData("1.x.3", "1.0.0 1.9.9", "2.0.0")]
    [InlineData("*", "0.0.0 9.9.9", "1.0.0-rc.1")]
    [InlineData("", "0.0.0 9.9.9", "1.0.0-rc.1")]
    [InlineData(">1.2.3", "1.2.4 2.0.0", "1.2.3")]
    [InlineData(">=1.2.3", "1.2.3 2.0.0", "1.2.2")]
    [InlineData("<1.2.3", "1.2.2 0.0.0", "1.2.3 1.2.3-rc.1")]
    [InlineData("<=1.2.3", "1.2.3", "1.2.4")]
    [InlineData(">1.2", "1.3.0", "1.2.9")]
    [InlineData(">1", "2.0.0", "1.9.9")]
    [InlineData(">=1.2", "1.2.0", "1.1.9")]
    [InlineData("<1.2", "1.1.9", "1.2.0 1.2.0-rc.1")]
    [InlineData("<=1.2", "1.2.9", "1.3.0")]
    [InlineData(">*", "", "0.0.0 1.0.0")]
    [InlineData("<*", "", "0.0.0 1.0.0")]
    [InlineData(">=1.2.0 <2.0.0", "1.2.0 1.9.9", "2.0.0 1.1.9")]
    [InlineData(">= 1.2.0   < 2.0.0", "1.2.0 1.9.9", "2.0.0 1.1.9")]
    [InlineData(">=1.2.0-rc.1 <2.0.0", "1.2.0-rc.2 1.3.0 1.3.0-rc.1 2.0.0-rc.1", "1.2.0-beta 2.0.0")]
    [InlineData(">=1.2.0, <2.0.0", "1.2.0 1.9.9", "2.0.0 1.1.9")]
    [InlineData("1.2.3 - 2.3.4", "1.2.3 2.3.4", "2.3.5 1.2.2")]
    [InlineData("1.2 - 2.3", "1.2.0 2.3.9", "2.4.0 1.1.9")]
    [InlineData("1.2.3 - 2", "1.2.3 2.9.9", "3.0.0")]
    [InlineData("1.x || >=3.0.0", "1.0.0 3.0.0", "2.0.0 0.9.0")]
    public void A_range_has_the_versions_within_its_bounds(string text, string inside, string outside)
    {
        var range = SemverRange.Parse(text)!;

        Versions(inside).Where(v => !range.Contains(v)).Should().BeEmpty();
        Versions(outside).Where(range.Contains).Should().BeEmpty();
    }

    [Theory]
    [InlineData("latest")]
    [InlineData("^")]
    [InlineData("1.2.3.4")]
    [InlineData("!=1.2.0")]
    [InlineData("=>1.2.0")]
    [InlineData("1.2 -2.3")]
    [InlineData("!1.2.3")]
    [InlineData("^^1")]
    [InlineData("01.x")]
    [InlineData("1.x-rc.1")]
    [InlineData("^9007199254740992.0.0")]
    [InlineData("^99999999999999999999")]
    [InlineData("1.99999999999999999999.0")]
    public void What_is_no_range_is_not_read(string text) => SemverRange.Parse(text).Should().BeNull();

    [Fact]
    public void Every_release_is_in_the_caret_range_of_itself_and_none_of_another_major()
    {
        Prop.ForAll(Release().ToArbitrary(), Release().ToArbitrary(), (a, b) =>
        {
            var range = SemverRange.Parse($"^{a}")!;
            return range.Contains(a) && (!range.Contains(b) || (b.Major == a.Major && b.CompareTo(a) >= 0));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void An_alternative_only_adds_versions_and_a_condition_only_removes_them()
    {
        Prop.ForAll(Release().ToArbitrary(), Release().ToArbitrary(), Release().ToArbitrary(), (a, b, v) =>
        {
            var first = SemverRange.Parse($">={a}")!.Contains(v);
            var second = SemverRange.Parse($"<{b}")!.Contains(v);
            return SemverRange.Parse($">={a} || <{b}")!.Contains(v) == (first || second)
                && SemverRange.Parse($">={a} <{b}")!.Contains(v) == (first && second);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_text_is_read_or_refused_without_failing() =>
        Prop.ForAll<string?>(text => SemverRange.Parse(text ?? "") is var r && (r is null || r.ToString() == (text ?? "")))
            .QuickCheckThrowOnFailure();

    private static Gen<SemanticVersion> Release() =>
        Gen.ArrayOf(Gen.Choose(0, 4), 3).Select(n => new SemanticVersion((ulong)n[0], (ulong)n[1], (ulong)n[2], []));

    private static IEnumerable<SemanticVersion> Versions(string list) =>
        list.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(v => SemanticVersion.Parse(v)!);
}
