using EdgeOperator.Core.Kinds.SystemUpdate.Packages;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Core.Tests.Kinds.SystemUpdate;

public sealed class VersionRuleTests
{
    private static readonly Gen<string> Versions = from epoch in Gen.Elements("", "1:", "0:")
                                                   from upstream in Gen.Elements("1.0", "1.0~rc1", "1.0+b1", "1.00", "2", "10.2", "1.a", "1.A", "0.9.9")
                                                   from revision in Gen.Elements("", "-1", "-1ubuntu2", "-0", "-1~bpo12+1", "-2-3")
                                                   select epoch + upstream + revision;

    [Theory]
    [InlineData("1.0", "1.0", 0)]
    [InlineData("1.0", "1.00", 0)]
    [InlineData("1.0", "1.0-0", 0)]
    [InlineData("0:1.0", "1.0", 0)]
    [InlineData("1.9", "1.10", -1)]
    [InlineData("1.0~rc1", "1.0", -1)]
    [InlineData("1.0~~", "1.0~", -1)]
    [InlineData("1.0", "1.0+b1", -1)]
    [InlineData("1.0a", "1.0+", -1)]
    [InlineData("1:0.1", "2.0", 1)]
    [InlineData("1.0-2", "1.0-1", 1)]
    [InlineData("1.0-1~bpo12+1", "1.0-1", -1)]
    [InlineData("1.2.3", "1.2", 1)]
    [InlineData("1.0.0000000000000000000000002", "1.0.1", 1)]
    public void Versions_are_ordered_as_Debian_orders_them(string one, string other, int order)
    {
        Math.Sign(DebianVersion.Compare(one, other)).Should().Be(order);
        Math.Sign(DebianVersion.Compare(other, one)).Should().Be(-order);
    }

    [Fact]
    public void The_order_is_total() => Prop.ForAll(Arb.From(Gen.Three(Versions)), three =>
    {
        var (a, b, c) = three;
        DebianVersion.Compare(a, a).Should().Be(0);
        if (DebianVersion.Compare(a, b) <= 0 && DebianVersion.Compare(b, c) <= 0)
            DebianVersion.Compare(a, c).Should().BeLessThanOrEqualTo(0);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("latest", "0.1", true)]
    [InlineData("1.22.1-9", "1.22.1-9", true)]
    [InlineData("1.22.1-9", "1.22.1-8", false)]
    [InlineData(">= 1.22, << 2", "1.22", true)]
    [InlineData(">=1.22,<2", "2", false)]
    [InlineData("> 1.22", "1.22", false)]
    [InlineData("<= 2:1.0~rc1", "2:1.0", false)]
    public void A_rule_allows_what_it_says(string rule, string version, bool allowed) => VersionRule.Parse(rule)!.Allows(version).Should().Be(allowed);

    [Theory]
    [InlineData("")]
    [InlineData("newest")]
    [InlineData("1.2 3")]
    [InlineData(">= 1.2 <= 3")]
    [InlineData("=> 1.2")]
    [InlineData("-o Dir=/")]
    public void What_is_no_version_is_refused(string text) => VersionRule.Parse(text).Should().BeNull();

    [Fact]
    public void The_newest_version_that_is_allowed_is_taken() =>
        VersionRule.Parse("<< 2")!.Newest(["1.9", "1.10~rc1", "2.0", "1.10"]).Should().Be("1.10");
}
