using EdgeOperator.Agent.LocalApi;

namespace EdgeOperator.Agent.Tests.LocalApi;

/// <summary>What leaves a device for somebody who helps has no secrets in it.</summary>
public sealed class BundleTextTests
{
    [Theory]
    [InlineData("it connects with hunter2-and-more", "it connects with ***")]
    [InlineData("Authorization: Bearer abcdefgh.12345678", "Authorization: Bearer ***")]
    [InlineData("url: https://user:pw@git.example.com/x.git", "url: https://***@git.example.com/x.git")]
    [InlineData("DB_PASSWORD=swordfish and on", "DB_PASSWORD=*** and on")]
    [InlineData("HostName=h;DeviceId=d;SharedAccessKey=c2VjcmV0", "HostName=h;DeviceId=d;SharedAccessKey=***")]
    [InlineData("token is eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln here", "token is *** here")]
    [InlineData("AGE-SECRET-KEY-1QQQQQQQQQQ", "***")]
    [InlineData("remote ghp_0123456789abcdef", "remote ***")]
    [InlineData("a line of no interest", "a line of no interest")]
    public void What_is_known_or_looks_like_a_secret_is_hidden(string line, string shown) => new BundleText(["hunter2-and-more\n", "abc"]).Of(line).Should().Be(shown);

    [Fact]
    public void Private_keys_are_hidden_also_when_they_are_cut_short_and_lines_stay_lines()
    {
        var text = new BundleText([]);

        text.Of("before\n-----BEGIN EC PRIVATE KEY-----\nMHcCAQ\n-----END EC PRIVATE KEY-----\nafter\n").Should().Be("before\n[private key ***]\nafter\n");
        text.Of("before\n-----BEGIN PRIVATE KEY-----\nMHcCAQ").Should().Be("before\n[private key ***]");
    }
}
