using EdgeOperator.Platform.Files;
using EdgeOperator.Testing;

namespace EdgeOperator.Platform.Tests.Files;

public sealed class AccountsTests : IDisposable
{
    private readonly TempFolder _etc = new();

    public AccountsTests()
    {
        _etc.Write("passwd", "root:x:0:0:root:/root:/bin/sh\nbroken line\nweb:x:33:34::/:/bin/false\n");
        _etc.Write("group", "root:x:0:\nwww:x:34:web\n");
    }

    public void Dispose() => _etc.Dispose();

    [Theory]
    [InlineData("web", 33, null)]
    [InlineData("web:www", 33, 34)]
    [InlineData("1000:2000", 1000, 2000)]
    [InlineData("7:www", 7, 34)]
    [InlineData(":www", null, 34)]
    public void Names_and_numbers_are_read(string owner, int? user, int? group)
    {
        Accounts.Resolve(owner, out var unknown, _etc).Should().Be(new FileOwner((uint?)user, (uint?)group));
        unknown.Should().BeNull();
    }

    [Theory]
    [InlineData("nobody", "user 'nobody' is not in *passwd")]
    [InlineData("web:staff", "group 'staff' is not in *group")]
    [InlineData("-1", "user '-1' is not in *")]
    public void What_is_not_known_is_named(string owner, string message)
    {
        Accounts.Resolve(owner, out var unknown, _etc);

        unknown.Should().Match(message);
    }
}
