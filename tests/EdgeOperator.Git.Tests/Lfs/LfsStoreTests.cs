using EdgeOperator.Git.Lfs;
using EdgeOperator.Git.Tree;
using EdgeOperator.Testing;

namespace EdgeOperator.Git.Tests.Lfs;

public sealed class LfsStoreTests : IDisposable
{
    private readonly TempFolder _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void A_link_that_is_as_long_as_the_content_and_never_ends_is_none()
    {
        const string endless = "/dev/zero";
        var pointer = new LfsPointer(new string('a', 64), endless.Length);
        File.CreateSymbolicLink(_tree.File($".git/lfs/objects/aa/aa/{pointer.Sha256}"), endless);

        LfsStore.Find(_tree, pointer).Should().BeNull();
    }
}
