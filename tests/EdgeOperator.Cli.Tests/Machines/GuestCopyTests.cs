using EdgeOperator.Cli.Machines;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Tests.Machines;

public sealed class GuestCopyTests
{
    private static readonly MachineAccess Edge = new() { Name = "edge", SshConfig = "/s/config", ControlSocket = "/s/m", User = "app" };

    [Fact]
    public void One_side_is_in_a_guest()
    {
        GuestCopy.Between("./a", "edge:/srv").Should().Be(new GuestCopy("edge", "./a", "/srv", ToGuest: true));
        GuestCopy.Between("edge:a", "b").Should().Be(new GuestCopy("edge", "a", "b", ToGuest: false));
        GuestCopy.Between("./with:colon", "edge:").ToGuest.Should().BeTrue("what has a separator before its colon is a path");
    }

    [Theory]
    [InlineData("a", "b", "neither side is in a guest")]
    [InlineData("edge:a", "other:b", "both sides are in a guest")]
    public void Anything_else_is_refused(string source, string target, string why) =>
        FluentActions.Invoking(() => GuestCopy.Between(source, target)).Should().Throw<UserError>().WithMessage($"{why}*");

    [Fact]
    public void Names_are_taken_as_they_are()
    {
        Arguments(new("edge", "-a:b", "/t", ToGuest: true)).Should().Equal("-F", "/s/config", "-p", "--", "./-a:b", "app@guest:/t");
        Arguments(new("edge", "/srv/[a]*?", ".", ToGuest: false) { Recursive = true }).Should().Equal("-F", "/s/config", "-p", "-r", "--", @"app@guest:/srv/\[a\]\*\?", ".");
    }

    [Fact]
    public void A_distribution_of_WSL_is_copied_to_by_Windows_itself() => FluentActions
        .Invoking(() => new GuestCopy("w", "a", "b", ToGuest: true).Run(new() { Name = "w", Distribution = "Deb", User = "root" }))
        .Should().Throw<UserError>().WithMessage(@"*\\wsl.localhost\Deb*");

    private static IEnumerable<string> Arguments(GuestCopy copy) => copy.Arguments(Edge, "app");
}
