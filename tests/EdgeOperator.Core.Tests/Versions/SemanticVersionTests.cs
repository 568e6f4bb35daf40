using EdgeOperator.Core.Versions;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Core.Tests.Versions;

public sealed class SemanticVersionTests
{
    // From the lowest to the highest, as semver.org orders them.
    private static readonly string[] Ordered =
    [
        "0.0.0-0", "0.0.0", "0.0.1", "0.1.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta",
        "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0-rc.99999999999999999999", "1.0.0", "1.2.0", "1.10.0", "2.0.0", "10.0.0",
    ];

    [Fact]
    public void Versions_are_ordered_by_the_rules_of_semver()
    {
        var versions = Ordered.Select(v => SemanticVersion.Parse(v)!).ToArray();

        versions.Reverse().Order().Select(v => v.ToString()).Should().Equal(Ordered);
    }

    [Theory]
    [InlineData("1.2.3", "1.2.3")]
    [InlineData("v1.2.3", "1.2.3")]
    [InlineData("1.2.3-rc.1", "1.2.3-rc.1")]
    [InlineData("1.2.3-0a.b-c", "1.2.3-0a.b-c")]
    [InlineData("1.2.3+build.7", "1.2.3")]
    [InlineData("18446744073709551615.0.0", "18446744073709551615.0.0")]
    public void What_is_a_version_is_read(string text, string version) =>
        SemanticVersion.Parse(text)!.ToString().Should().Be(version);

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.2")]
    [InlineData("1.2.3.4")]
    [InlineData("01.2.3")]
    [InlineData("1.2.3-")]
    [InlineData("1.2.3-01")]
    [InlineData("1.2.3-a..b")]
    [InlineData("1.2.3+")]
    [InlineData("1.2.3\n")]
    [InlineData(" 1.2.3")]
    [InlineData("V1.2.3")]
    [InlineData("release-1.2.3")]
    [InlineData("18446744073709551616.0.0")]
    public void What_is_no_version_is_not_read(string text) => SemanticVersion.Parse(text).Should().BeNull();

    [Fact]
    public void Build_metadata_does_not_count() =>
        SemanticVersion.Parse("1.2.3+a")!.Equals(SemanticVersion.Parse("1.2.3+b")).Should().BeTrue();

    [Fact]
    public void The_order_is_total_and_agrees_with_equality()
    {
        var versions = Gen.Elements(Ordered).Select(v => SemanticVersion.Parse(v)!);

        Prop.ForAll(Gen.Zip(versions, versions).ToArbitrary(), pair =>
        {
            var (a, b) = pair;
            return Math.Sign(a.CompareTo(b)) == -Math.Sign(b.CompareTo(a)) && (a.CompareTo(b) == 0) == a.Equals(b)
                && (!a.Equals(b) || a.GetHashCode() == b.GetHashCode());
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_text_is_read_or_refused_without_failing() =>
        Prop.ForAll<string?>(text => SemanticVersion.Parse(text ?? "") is var v && (v is null || SemanticVersion.Parse(v.ToString())!.Equals(v)))
            .QuickCheckThrowOnFailure();
}
