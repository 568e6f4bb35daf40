namespace EdgeOperator.Git.Tests;

public sealed class GitUrlTests
{
    [Theory]
    [InlineData("https://example.com/a/b.git", GitTransport.Https)]
    [InlineData("HTTPS://example.com/a", GitTransport.Https)]
    [InlineData("http://example.com:8080/a", GitTransport.Http)]
    [InlineData("ssh://git@example.com:2222/a/b.git", GitTransport.Ssh)]
    [InlineData("git@example.com:a/b.git", GitTransport.Ssh)]
    [InlineData("example.com:a/b.git", GitTransport.Ssh)]
    [InlineData("file:///srv/git/a.git", GitTransport.File)]
    [InlineData("/srv/git/a.git", GitTransport.File)]
    public void A_usual_address_is_accepted(string url, object transport) =>
        GitUrl.Parse(url).Transport.Should().Be((GitTransport)transport);

    [Theory]
    [InlineData("ext::sh -c touch% /tmp/pwned")]
    [InlineData("fd::17/foo")]
    [InlineData("foo::https://example.com/")]
    [InlineData("ext://sh -c x")]
    [InlineData("git://example.com/a.git")]
    [InlineData("ftp://example.com/a.git")]
    [InlineData("--upload-pack=touch /tmp/pwned")]
    [InlineData("-oProxyCommand=x:a")]
    [InlineData("git@-oProxyCommand=x:a")]
    [InlineData("ssh://-oProxyCommand=x/a")]
    [InlineData("ssh://-l@example.com/a")]
    [InlineData("ssh://git:secret@example.com/a")]
    [InlineData("https://-x/a")]
    [InlineData("https:///a")]
    [InlineData("https://a b/c")]
    [InlineData("file://server/share")]
    [InlineData("a/relative/path")]
    [InlineData("../up")]
    [InlineData("")]
    [InlineData("https://example.com/\n[core]")]
    public void An_address_that_could_do_more_than_fetch_is_refused(string url) =>
        FluentActions.Invoking(() => GitUrl.Parse(url)).Should().Throw<FetchException>().Which.Reason.Should().Be("Refused");

    [Theory]
    [InlineData("https://me:p%40ss@example.com/a", "https://example.com/a", "me", "p@ss")]
    [InlineData("https://token@example.com:8443/a?b=c", "https://example.com:8443/a?b=c", "token", "")]
    [InlineData("https://a@b:c@example.com/a", "https://example.com/a", "a@b", "c")]
    public void A_login_is_taken_out_of_the_address(string url, string address, string user, string password)
    {
        var parsed = GitUrl.Parse(url);

        parsed.Address.Should().Be(address);
        parsed.Login.Should().Be((user, password));
    }

    [Fact]
    public void A_refusal_does_not_repeat_a_password() =>
        FluentActions.Invoking(() => GitUrl.Parse("ssh://git:secret@example.com/a")).Should().Throw<FetchException>()
            .Which.Message.Should().NotContain("secret");
}
