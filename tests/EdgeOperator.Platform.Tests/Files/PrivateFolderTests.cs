using EdgeOperator.Platform.Files;
using EdgeOperator.Testing;

namespace EdgeOperator.Platform.Tests.Files;

public sealed class PrivateFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Damage.OtherBytes)]
    [InlineData(Damage.LinkInItsPlace)]
    [InlineData(Damage.PipeInItsPlace)]
    public void Something_else_in_its_place_gives_way(Damage damage)
    {
        var path = _folder.Write("home", "a1");
        damage.Apply(path);

        PrivateFolder.Create(path);

        FileStatus.Of(path)!.Value.IsFolder.Should().BeTrue();
    }

    [Fact]
    public void A_link_to_a_folder_is_one()
    {
        Directory.CreateDirectory(_folder.File("elsewhere"));
        File.CreateSymbolicLink(_folder.File("home"), "elsewhere");

        PrivateFolder.Create(_folder.File("home"));

        FileStatus.Of(_folder.File("home"))!.Value.IsLink.Should().BeTrue();
    }
}
