using EdgeOperator.Git.Lfs;

namespace EdgeOperator.Git.Tests.Lfs;

public sealed class SshTargetTests
{
    [Theory]
    [InlineData("git@example.com:fleet/site.git", "", "git@example.com", "fleet/site.git")]
    [InlineData("ssh://git@example.com/fleet/site.git", "", "git@example.com", "/fleet/site.git")]
    [InlineData("ssh://git@example.com:2222/fleet/site.git", "-p 2222", "git@example.com", "/fleet/site.git")]
    [InlineData("ssh://git@[::1]:2222/fleet", "-p 2222", "git@::1", "/fleet")]
    [InlineData("ssh://git@[::1]/fleet", "", "git@::1", "/fleet")]
    [InlineData("SSH://example.com/~me/fleet", "", "example.com", "~me/fleet")]
    public void An_address_is_taken_apart_as_git_does(string address, string options, string host, string path)
    {
        var target = SshTarget.Parse(address);

        (string.Join(' ', target.Options), target.Host, target.Path).Should().Be((options, host, path));
    }
}
