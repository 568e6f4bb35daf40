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

    [Theory]
    [InlineData("agent.lock")]
    [InlineData(null)]
    public void One_that_others_could_look_into_is_restricted(string? file)
    {
        var path = Made(0x1ED, file);

        PrivateFolder.Restrict(path, "agent.lock").Should().BeTrue();

        FileStatus.Of(path)!.Value.Mode.Should().Be(0x1C0);
    }

    [Fact]
    public void Somebody_elses_is_left_as_it_is()
    {
        var path = Made(0x3FF, "photo.jpg");

        PrivateFolder.Restrict(path, "agent.lock").Should().BeFalse();

        FileStatus.Of(path)!.Value.Mode.Should().Be(0x3FF);
    }

    [Fact]
    public void One_that_is_private_or_not_there_is_in_order()
    {
        PrivateFolder.Restrict(_folder.File("missing"), "agent.lock").Should().BeTrue();
        PrivateFolder.Restrict(Made(0x1C0, "photo.jpg"), "agent.lock").Should().BeTrue();
    }

    private string Made(int mode, string? file)
    {
        var path = Directory.CreateDirectory(_folder.File("home")).FullName;
        if (file is not null)
            File.WriteAllText(Path.Combine(path, file), "");
        File.SetUnixFileMode(path, (UnixFileMode)mode);
        return path;
    }
}
