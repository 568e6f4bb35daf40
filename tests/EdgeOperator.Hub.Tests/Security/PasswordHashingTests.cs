using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;

namespace EdgeOperator.Hub.Tests.Security;

public sealed class PasswordHashingTests : IDisposable
{
    private readonly PasswordHashing _hashing = new();

    public void Dispose() => _hashing.Dispose();

    [Fact]
    public async Task Only_the_right_password_of_a_user_who_exists_is_right()
    {
        var hash = await _hashing.HashAsync("right", CancellationToken.None);

        (await _hashing.IsRightAsync(hash, "right", CancellationToken.None)).Should().BeTrue();
        (await _hashing.IsRightAsync(hash, "wrong", CancellationToken.None)).Should().BeFalse();
        (await _hashing.IsRightAsync(null, "right", CancellationToken.None)).Should().BeFalse();
    }

    [Fact]
    public async Task Of_very_many_at_once_some_are_refused_and_none_after_them()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 200).Select(async _ =>
        {
            try
            {
                return await _hashing.IsRightAsync(null, "x", CancellationToken.None);
            }
            catch (ServiceException e)
            {
                return e.Error == ServiceError.ThrottlingException;
            }
        }));

        outcomes.Should().Contain(true).And.Contain(false);
        (await _hashing.IsRightAsync(null, "x", CancellationToken.None)).Should().BeFalse();
    }
}
