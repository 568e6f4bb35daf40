using System.Collections.Immutable;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Tests;

public sealed class LabelSelectorTests
{
    private static readonly ResourceStatus Web = new()
    {
        Kind = "EdgeModule",
        Name = "web",
        State = "running",
        Labels = ImmutableSortedDictionary<string, string>.Empty.Add("app", "web").Add("site", "berlin"),
    };

    [Theory]
    [InlineData("app=web", true)]
    [InlineData("app==web", true)]
    [InlineData("app=db", false)]
    [InlineData("app!=db", true)]
    [InlineData("tier!=db", true)]
    [InlineData("app", true)]
    [InlineData("tier", false)]
    [InlineData("!tier", true)]
    [InlineData("!app", false)]
    [InlineData("site in (paris, berlin),app=web", true)]
    [InlineData("site notin (paris,berlin)", false)]
    [InlineData("app=web,site=paris", false)]
    public void It_selects_by_labels(string selector, bool matches) => LabelSelector.Parse(selector).Matches(Web).Should().Be(matches);

    [Theory]
    [InlineData("")]
    [InlineData("app=web,")]
    [InlineData("site in berlin")]
    [InlineData("a b")]
    public void Anything_else_is_invalid(string selector) =>
        FluentActions.Invoking(() => LabelSelector.Parse(selector)).Should().Throw<UserError>().Which.ExitCode.Should().Be(3);
}
